"""Writes torch/NAME.onnx, one operator each, and torch_operators.tsv: inputs, weights of the outputs, and the gradients of the
weighted sum of the outputs as PyTorch computes them.

Usage: python torch_operators.py

A line of the table has five fields separated by tabs: model; input, weight or gradient; value; dimensions; elements.
"""


import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
lines = []


def text(tensor):
    return ",".join(map(str, tensor.shape)) + "\t" + ",".join(f"{v:.7g}" for v in tensor.flatten().tolist())


def case(name, op, inputs, outputs, function, opset=21, **attributes):
    """inputs: by name, tensors; those of floating point are differentiated, the others are constants. None is absent."""
    given = {k: v.float().double().requires_grad_(True) for k, v in inputs.items() if v is not None and v.is_floating_point()}
    node = helper.make_node(op, [k if v is not None else "" for k, v in inputs.items()], outputs, **attributes)
    constants = [numpy_helper.from_array(v.numpy(), k) for k, v in inputs.items()
                 if v is not None and not v.is_floating_point()]
    formals = [helper.make_tensor_value_info(k, TensorProto.FLOAT, list(v.shape)) for k, v in given.items()]
    results = function(**{k: given.get(k, v) for k, v in inputs.items() if v is not None})
    results = results if isinstance(results, (list, tuple)) else [results]
    infos = [helper.make_tensor_value_info(o, TensorProto.FLOAT, list(r.shape)) for o, r in zip(outputs, results)]
    graph = helper.make_graph([node], name, formals, infos, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10), f"torch/{name}.onnx")
    loss = 0
    for o, r in zip(outputs, results):
        weight = torch.randn(r.shape).float().double()
        lines.append(f"{name}\tweight\t{o}\t{text(weight)}")
        loss = loss + (r * weight).sum()
    loss.backward()
    for k, v in given.items():
        lines.append(f"{name}\tinput\t{k}\t{text(v.detach())}")
        lines.append(f"{name}\tgradient\t{k}\t{text(v.grad)}")


def r(*shape):
    return torch.randn(shape) * 0.8


# ---- recurrent layers: PyTorch orders gates i f g o and r z n, ONNX i o f g and z r n

GATES = {"LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2], "RNN": [0]}


def recurrent(op, x, w, rec, b, h, c=None, lengths=None, direction="forward", **options):
    size = rec.shape[2]
    gates = GATES[op]
    inverse = [gates.index(i) for i in range(len(gates))]

    def ordered(a):
        return torch.cat([a.reshape(len(gates), size, *a.shape[1:])[i] for i in inverse])

    layer = getattr(torch.nn, op)(x.shape[2], size, bidirectional=direction == "bidirectional", **options)
    names = {}
    for d in range(w.shape[0]):
        suffix = "_l0" + ("_reverse" if d else "")
        half = b.shape[1] // 2
        names["weight_ih" + suffix] = ordered(w[d])
        names["weight_hh" + suffix] = ordered(rec[d])
        names["bias_ih" + suffix] = ordered(b[d, :half])
        names["bias_hh" + suffix] = ordered(b[d, half:])
    if lengths is not None:
        x = torch.nn.utils.rnn.pack_padded_sequence(x, lengths.long(), enforce_sorted=False)
    y, last = torch.func.functional_call(layer, names, (x, h if c is None else (h, c)))
    if lengths is not None:
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y)
    y = y.reshape(y.shape[0], y.shape[1], w.shape[0], size).transpose(1, 2)
    return (y, last) if c is None else (y, *last)


def layer(op, directions, lengths=None):
    gates = len(GATES[op])
    inputs = {"x": r(5, 3, 2), "w": r(directions, gates * 4, 2), "rec": r(directions, gates * 4, 4),
              "b": r(directions, gates * 8), "lengths": lengths, "h": r(directions, 3, 4)}
    if op == "LSTM":
        inputs["c"] = r(directions, 3, 4)
    return inputs


case("lstm", "LSTM", layer("LSTM", 1), ["y", "yh", "yc"], lambda **k: recurrent("LSTM", **k), hidden_size=4)
case("lstm_lengths", "LSTM", layer("LSTM", 2, torch.tensor([5, 2, 4], dtype=torch.int32)), ["y", "yh", "yc"],
     lambda **k: recurrent("LSTM", direction="bidirectional", **k), hidden_size=4, direction="bidirectional")
case("gru", "GRU", layer("GRU", 2), ["y", "yh"], lambda **k: recurrent("GRU", direction="bidirectional", **k),
     hidden_size=4, direction="bidirectional", linear_before_reset=1)
case("gru_lengths", "GRU", layer("GRU", 1, torch.tensor([3, 5, 1], dtype=torch.int32)), ["y", "yh"],
     lambda **k: recurrent("GRU", **k), hidden_size=4, linear_before_reset=1)
case("rnn", "RNN", layer("RNN", 1), ["y", "yh"], lambda **k: recurrent("RNN", nonlinearity="relu", **k),
     hidden_size=4, activations=["Relu"])

# ---- attention

case("attention", "Attention", {"q": r(2, 4, 3, 5), "k": r(2, 2, 6, 5), "v": r(2, 2, 6, 4), "m": r(3, 6)}, ["y"],
     lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, m, enable_gqa=True), opset=23)
case("attention_causal", "Attention", {"q": r(2, 3, 4, 5), "k": r(2, 3, 4, 5), "v": r(2, 3, 4, 5)}, ["y"],
     lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.3), opset=24, is_causal=1, scale=0.3)


def merged(q, k, v, m):
    q, k, v = (a.reshape(2, -1, 3, a.shape[2] // 3).transpose(1, 2) for a in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, m).transpose(1, 2).reshape(2, 4, -1)


case("attention_merged", "Attention", {"q": r(2, 4, 6), "k": r(2, 5, 6), "v": r(2, 5, 9), "m": torch.rand(4, 5) < 0.7}, ["y"],
     merged, opset=23, q_num_heads=3, kv_num_heads=3)


def rotary(x, cos, sin):
    z = torch.view_as_complex(x.reshape(2, 3, 4, 3, 2)) * torch.complex(cos, sin).unsqueeze(1)
    return torch.view_as_real(z).reshape(2, 3, 4, 6)


case("rotary", "RotaryEmbedding", {"x": r(2, 3, 4, 6), "cos": r(2, 4, 3), "sin": r(2, 4, 3)}, ["y"], rotary, opset=23,
     interleaved=1)
case("rms_norm", "RMSNormalization", {"x": r(2, 3, 5), "scale": r(5)}, ["y"],
     lambda x, scale: F.rms_norm(x, (5,), scale, 1e-5), opset=23)
case("swish", "Swish", {"x": r(2, 5)}, ["y"], lambda x: F.silu(x), opset=24)

# ---- normalizations and norms

case("lrn", "LRN", {"x": r(2, 7, 3, 2)}, ["y"], lambda x: F.local_response_norm(x, 5, 0.3, 0.6, 1.5), size=5, alpha=0.3,
     beta=0.6, bias=1.5)
case("mean_variance", "MeanVarianceNormalization", {"x": r(2, 3, 4, 2)}, ["y"],
     lambda x: (x - x.mean((0, 2, 3), True)) / x.var((0, 2, 3), False, keepdim=True).sqrt())
case("lp_normalization", "LpNormalization", {"x": r(2, 5, 3)}, ["y"], lambda x: F.normalize(x, 2, 1), axis=1)
case("lp_pool", "LpPool", {"x": r(2, 3, 6, 6)}, ["y"], lambda x: F.lp_pool2d(x, 2, 3, 2), kernel_shape=[3, 3], strides=[2, 2])

# ---- losses

classes = torch.tensor([[0, 2], [1, 3], [2, 2]])


def cross_entropy(x, t, w):
    logs = x.log_softmax(1)
    each = w[t] * (t != 3)
    # F.cross_entropy does not differentiate its weights.
    loss = (-logs.gather(1, t.unsqueeze(1)).squeeze(1) * each).sum() / each.sum()
    assert torch.allclose(loss, F.cross_entropy(x, t, w.detach(), ignore_index=3))
    return loss, logs


case("cross_entropy", "SoftmaxCrossEntropyLoss", {"x": r(3, 4, 2), "t": classes, "w": torch.rand(4) + 0.5}, ["y", "p"],
     cross_entropy, ignore_index=3)
case("nll", "NegativeLogLikelihoodLoss", {"x": r(3, 4, 2), "t": classes}, ["y"],
     lambda x, t: F.nll_loss(x, t, ignore_index=0), ignore_index=0)

# ---- sampling

case("grid_sample", "GridSample", {"x": r(2, 3, 4, 5), "g": r(2, 3, 2, 2)}, ["y"],
     lambda x, g: F.grid_sample(x, g, "bicubic", "reflection", False), mode="cubic", padding_mode="reflection")
case("grid_sample_3d", "GridSample", {"x": r(2, 2, 3, 4, 3), "g": r(2, 2, 3, 1, 3)}, ["y"],
     lambda x, g: F.grid_sample(x, g, "bilinear", "border", True), padding_mode="border", align_corners=1)

# ---- scattered and diagonal

places = torch.tensor([[0, 0, 2], [1, 1, 1], [3, 0, 3]])
zeros = torch.tensor([[1.0, 0, 1], [0, 0, 1], [1, 1, 1]])
case("scatter_mul", "ScatterElements", {"x": r(3, 4) * torch.tensor([1.0, 1, 0, 1]), "i": places, "u": r(3, 3) * zeros}, ["y"],
     lambda x, i, u: x.scatter_reduce(1, i, u, "prod"), axis=1, reduction="mul")
case("scatter_max", "ScatterElements", {"x": r(3, 4).round(), "i": places, "u": r(3, 3).round()}, ["y"],
     lambda x, i, u: x.scatter_reduce(1, i, u, "amax"), axis=1, reduction="max")
case("scatter_min", "ScatterElements", {"x": r(3, 4).round(), "i": places, "u": r(3, 3).round()}, ["y"],
     lambda x, i, u: x.scatter_reduce(1, i, u, "amin"), axis=1, reduction="min")
case("einsum_diagonal", "Einsum", {"x": r(2, 3, 3), "w": r(2, 3)}, ["y"],
     lambda x, w: torch.einsum("bii,bi->b", x, w), equation="bii,bi->b")

with open("torch_operators.tsv", "w") as file:
    file.write("\n".join(lines) + "\n")
