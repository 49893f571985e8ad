"""Writes subgradients.tsv: the gradients that PyTorch gives at points where functions have kinks, ties or poles.

A row is a label, an operator with its attributes, then inputs and gradients as numbers; each input is a vector, and an
input without a gradient is a constant. The loss is the sum of the outputs, the i-th times i. Run with torch 2.x.
"""
import sys
import torch
import torch.nn.functional as F

INF = float("inf")
ROWS = [
    ("Abs", {}, [[-1, 0, 2]], torch.abs),
    ("Relu", {}, [[-1, 0, 2]], F.relu),
    ("LeakyRelu", {"alpha": 0.25}, [[-1, 0, 2]], lambda x: F.leaky_relu(x, 0.25)),
    ("Elu", {"alpha": 0.5}, [[-1, 0, 2]], lambda x: F.elu(x, 0.5)),
    ("Selu", {}, [[-1, 0, 2]], F.selu),
    ("Celu", {"alpha": 0.5}, [[-1, 0, 2]], lambda x: F.celu(x, 0.5)),
    ("ThresholdedRelu", {"alpha": 0.5}, [[-1, 0.5, 2]], lambda x: F.threshold(x, 0.5, 0)),
    ("Shrink", {"lambd": 0.5, "bias": 0.5}, [[-0.5, 0, 0.5, 1]], lambda x: F.softshrink(x, 0.5)),
    ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, [[-3, 0, 3]], F.hardsigmoid),
    ("HardSwish", {}, [[-3, 0, 3]], F.hardswish),
    ("Clip", {}, [[-1, 0, 2, 6, 7], 0.0, 6.0], lambda x, low, high: F.relu6(x)),
    ("PRelu", {}, [[-1, 0, 2], [0.25, 0.25, 0.25]], lambda x, s: torch.where(x > 0, x, s * x)),
    ("Softsign", {}, [[-1, 0, 2]], F.softsign),
    ("Sqrt", {}, [[0, 4]], torch.sqrt),
    ("Log", {}, [[0, 2]], torch.log),
    ("Reciprocal", {}, [[0, 2]], torch.reciprocal),
    ("Asin", {}, [[-1, 0, 1]], torch.asin),
    ("Acosh", {}, [[1, 2]], torch.acosh),
    ("Floor", {}, [[-1, 0, 0.5]], torch.floor),
    ("Max", {}, [[1, 2, 3], [1, 1, 5]], torch.maximum),
    ("Min", {}, [[1, 2, 3], [1, 1, 5]], torch.minimum),
    ("Max", {}, [[-1, 0, 2], 0.0], lambda x, c: torch.maximum(x, torch.zeros_like(x))),
    ("ReduceMax", {}, [[3, 1, 3]], lambda x: torch.amax(x)),
    ("ReduceMin", {}, [[3, 1, 1]], lambda x: torch.amin(x)),
    ("ReduceL1", {}, [[0, -1, 2]], lambda x: torch.norm(x, 1)),
    ("ReduceL2", {}, [[0, 0, 0]], lambda x: torch.norm(x)),
    ("ReduceL2", {}, [[0, 3, 4]], lambda x: torch.norm(x)),
    ("ReduceProd", {}, [[2, 0, 3]], torch.prod),
    ("ReduceProd", {}, [[0, 0, 3]], torch.prod),
    ("ReduceLogSumExp", {}, [[-INF, 1, 2]], lambda x: torch.logsumexp(x, 0)),
    ("ReduceLogSumExp", {}, [[-INF, -INF]], lambda x: torch.logsumexp(x, 0)),
    ("Softmax", {}, [[-INF, 1, 2]], lambda x: torch.softmax(x, 0)),
    ("Pow", {}, [[0, 0, 0, 2], [0, 1, 2, 0]], torch.pow),
    ("Pow", {}, [[0, 0, -2, 2], 0.0], lambda x, p: torch.pow(x, 0.0)),
    ("Pow", {}, [[0, 0, -2, 2], 1.0], lambda x, p: torch.pow(x, 1.0)),
    ("Pow", {}, [[0, 4], 0.5], lambda x, p: torch.pow(x, 0.5)),
    ("Div", {}, [[1, 2], [0, 4]], torch.div),
    ("LogSoftmax", {}, [[100, 0, -100]], lambda x: torch.log_softmax(x, 0)),
    ("Mod", {"fmod": 1}, [[4, 5, -5], [2, 3, 3]], torch.fmod),
]


def text(values):
    return " ".join(repr(float(v)) for v in values)


with open(sys.argv[1], "w") as out:
    for op, attributes, inputs, function in ROWS:
        tensors = [
            torch.tensor(x, dtype=torch.float32, requires_grad=isinstance(x, list)) for x in inputs
        ]
        outputs = function(*tensors).reshape(-1)
        (outputs * torch.arange(1, len(outputs) + 1)).sum().backward()
        cells = [op, ",".join(f"{k}={v}" for k, v in attributes.items())]
        for x, tensor in zip(inputs, tensors):
            cells.append(text(tensor.detach().reshape(-1)))
            cells.append(text(tensor.grad) if tensor.grad is not None else "")
        out.write("\t".join(cells) + "\n")
