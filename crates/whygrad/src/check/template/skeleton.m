% Your gradient, for whygrad to check:
%
%     whygrad check MODEL --program "octave --no-gui -q THIS_FILE"
%
% It is asked at several points: a line of JSON comes in, a line of JSON goes out. The loss is that of all rows.

1;  % a file of functions and commands

function [g, loss] = gradient(theta, inputs, targets, learning_rate)
  % The parameters
  @parameters@
  % Their derivatives, and the loss where you want it compared
  @zeros@
  loss = NaN;

  n = @rows@;
  for row = 1:n
    @columns@
    % The forward pass. Your model:
    %   @model@

    % WRITE HERE: the derivatives of this row, added up
    % @example@
  end
  % Names and values; matrices row by row
  g = {@pairs@};
end

% The numbers behind a key, without their brackets.
function v = numbers(line, key)
  text = regexp(line, ['"' key '":([^"}]*)'], 'tokens', 'once'){1};
  v = sscanf(regexprep(text, '[\[\],]', ' '), '%f')';
end

function m = rows_of(v, width)
  m = reshape(v, max(width, 1), [])';
end

function text = digits(v)
  text = strjoin(arrayfun(@(x) sprintf('%.17g', x), v(:)', 'UniformOutput', false), ', ');
end

while true
  try
    line = input('', 's');  % fgetl(stdin) would wait for more than a line
  catch
    break  % the end of the questions
  end
  [g, loss] = gradient(numbers(line, 'theta'), rows_of(numbers(line, 'inputs'), @input_width@), ...
                       rows_of(numbers(line, 'targets'), @target_width@), numbers(line, 'learning_rate'));
  named = cell(1, rows(g));
  for k = 1:rows(g)
    named{k} = ['"' g{k, 1} '": [' digits(g{k, 2}) ']'];
  end
  printf('{"gradient": {%s}, "loss": %s}\n', strjoin(named, ', '), digits(loss));
  fflush(stdout);
end
