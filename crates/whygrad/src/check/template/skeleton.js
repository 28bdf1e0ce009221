// Your gradient, for whygrad to check:
//
//     whygrad check MODEL --program "node THIS_FILE"
//
// It is asked at several points: a line of JSON comes in, a line of JSON goes out. The loss is that of all rows.

function gradient(params, inputs, targets, learning_rate) {
  // The parameters
  @parameters@
  // Their derivatives, and the loss where you want it compared
  @zeros@
  let loss = null;

  const n = @rows@;
  for (let row = 0; row < n; row++) {
    @columns@
    // The forward pass. Your model:
    //   @model@

    // WRITE HERE: the derivatives of this row, added up
    // @example@
  }
  return { gradient: {@pairs@}, loss };
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const q = JSON.parse(line);
  console.log(JSON.stringify(gradient(q.params, q.inputs, q.targets, q.learning_rate)));
});
