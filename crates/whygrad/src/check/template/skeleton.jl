# Your gradient, for whygrad to check:
#
#     whygrad check MODEL --program "julia THIS_FILE"
#
# It is asked at several points: a line of JSON comes in, a line of JSON goes out. The loss is that of all rows.

function gradient(theta, inputs, targets, learning_rate)
    # The parameters
    @parameters@
    # Their derivatives, and the loss where you want it compared
    @zeros@
    loss = NaN

    n = @rows@
    for row in 1:n
        @columns@
        # The forward pass. Your model:
        #   @model@

        # WRITE HERE: the derivatives of this row, added up
        # @example@
    end
    return [@pairs@], loss
end

# The numbers behind a key, without their brackets.
function numbers(line, key)
    text = match(Regex("\"" * key * "\":([^\"}]*)"), line).captures[1]
    return Float64[parse(Float64, m.match) for m in eachmatch(r"-?[0-9][-+.0-9eE]*", text)]
end

rows(values, width) = permutedims(reshape(values, max(width, 1), :))

# Matrices row by row.
digits_of(v) = join(v isa AbstractMatrix ? vec(permutedims(v)) : v, ", ")

for line in eachline(stdin)
    g, loss = gradient(numbers(line, "theta"), rows(numbers(line, "inputs"), @input_width@),
        rows(numbers(line, "targets"), @target_width@), numbers(line, "learning_rate")[1])
    named = join(["\"$name\": [" * digits_of(value) * "]" for (name, value) in g], ", ")
    println("{\"gradient\": {", named, "}, \"loss\": ", loss, "}")
    flush(stdout)
end
