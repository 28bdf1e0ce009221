"""Your gradient, for whygrad to check:

    whygrad check MODEL --program "python3 THIS_FILE"

It is asked at several points: a line of JSON comes in, a line of JSON goes out. The loss is that of all rows.
"""
import json
import sys


def gradient(params, inputs, targets, learning_rate):
    # The parameters
    @parameters@
    # Their derivatives, and the loss where you want it compared
    @zeros@
    loss = None

    n = @rows@
    for row in range(n):
        @columns@
        # The forward pass. Your model:
        #   @model@
        pass

        # WRITE HERE: the derivatives of this row, added up
        # @example@

    return {@pairs@}, loss


for line in sys.stdin:
    q = json.loads(line)
    g, value = gradient(q["params"], q["inputs"], q["targets"], q["learning_rate"])
    print(json.dumps({"gradient": g, "loss": value}), flush=True)
