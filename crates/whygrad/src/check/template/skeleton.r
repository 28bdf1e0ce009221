# Your gradient, for whygrad to check:
#
#     whygrad check MODEL --program "Rscript THIS_FILE"
#
# It is asked at several points: a line of JSON comes in, a line of JSON goes out. The loss is that of all rows.

gradient <- function(theta, inputs, targets, learning_rate) {
  # The parameters
  @parameters@
  # Their derivatives, and the loss where you want it compared
  @zeros@
  loss <- NA

  n <- @rows@
  for (row in seq_len(n)) {
    @columns@
    # The forward pass. Your model:
    #   @model@

    # WRITE HERE: the derivatives of this row, added up
    # @example@
  }
  list(gradient = list(@pairs@), loss = loss)
}

# The numbers behind a key, without their brackets.
numbers <- function(line, key) {
  text <- regmatches(line, regexec(paste0('"', key, '":([^"}]*)'), line))[[1]][2]
  as.numeric(regmatches(text, gregexpr("-?[0-9][-+.0-9eE]*", text))[[1]])
}

rows <- function(values, width) matrix(values, ncol = max(width, 1), byrow = TRUE)

# All digits; matrices row by row.
digits <- function(v) paste(sprintf("%.17g", if (is.matrix(v)) t(v) else v), collapse = ", ")

questions <- file("stdin", "r")
while (length(line <- readLines(questions, n = 1)) > 0) {
  a <- gradient(
    numbers(line, "theta"), rows(numbers(line, "inputs"), @input_width@),
    rows(numbers(line, "targets"), @target_width@), numbers(line, "learning_rate")
  )
  named <- paste0('"', names(a$gradient), '": [', sapply(a$gradient, digits), "]", collapse = ", ")
  cat('{"gradient": {', named, '}, "loss": ', digits(a$loss), "}\n", sep = "")
  flush(stdout())
}
