"""Makes rows.txt beside it: what NumPy and PyTorch compute for a small network of rows, one vector a line, as the name and
the numbers. The encoding is written after Gorishniy et al. 2022, the network after Gorishniy et al. 2021.

Run with PyTorch and NumPy installed: python rows.py
"""
import pathlib
import numpy as np
import torch
import torch.nn.functional as F

lines = []


def put(name, values):
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    lines.append(name + " " + " ".join(repr(float(v)) for v in flat))


generator = torch.Generator().manual_seed(5)
double = torch.float64
MEMBERS, WIDTH, CLASSES = 2, 3, 2

# Two columns of numbers, the second with missing cells; one category of three levels, 0 for an unknown one.
numbers = np.array([[1.0, 20.0], [7.5, np.nan], [-50.0, 35.0], [3.0, 10.0], [4.0, np.nan]])
levels = np.array([1, 3, 0, 2, 3])
labels = torch.tensor([0, 1, 1, 0, 1])
mean, deviation = np.array([3.0, 22.0]), np.array([2.0, 9.0])
edges = [np.array([0.0, 2.0, 4.0, 8.0]), np.array([10.0, 20.0, 40.0])]
put("numbers", numbers)
put("levels", levels)
put("mean", mean)
put("deviation", deviation)
put("edges.0", edges[0])
put("edges.1", edges[1])
put("labels", labels)


def encoded(row, level):
    filled = [m if np.isnan(x) else x for x, m in zip(row, mean)]
    standard = [min(5, max(-5, (x - m) / d)) for x, m, d in zip(filled, mean, deviation)]
    pieces = []
    for x, e in zip(filled, edges):
        for low, high in zip(e, e[1:]):
            pieces.append(0 if x < low else 1 if x >= high else (x - low) / (high - low))
    one_hot = [1.0 if level == k else 0.0 for k in (1, 2, 3)]
    return standard + pieces + [1.0 if np.isnan(row[1]) else 0.0] + one_hot


x = torch.tensor([encoded(r, l) for r, l in zip(numbers, levels)], dtype=double)
put("encoded", x)
network = "mlp"


def weight(name, *shape):
    values = torch.randn(*shape, generator=generator, dtype=double)
    put(network + "." + name, values)
    return values.requires_grad_()


def linear(values, name, out):
    return values @ weight(name + ".weight", MEMBERS, values.shape[-1], out) + weight(name + ".bias", MEMBERS, 1, out)


def first(values, name, out):
    flat = values @ weight(name + ".weight", MEMBERS * out, values.shape[-1]).T + weight(name + ".bias", MEMBERS * out)
    return flat.view(len(values), MEMBERS, out).transpose(0, 1)


def norm(values, name):
    return F.layer_norm(values, (WIDTH,), weight(name + ".weight", WIDTH), weight(name + ".bias", WIDTH), 1e-6)


def deep(values):
    y = first(values, "stem", WIDTH)
    inner = torch.relu(linear(norm(y, "blocks.0.norm"), "blocks.0.linear1", WIDTH))
    y = y + linear(inner, "blocks.0.linear2", WIDTH)
    return linear(torch.relu(norm(y, "norm")), "head", CLASSES)


members = deep(x)
put("mlp.logits", members.detach().mean(0))
put("mlp.probabilities", torch.softmax(members.detach().mean(0), -1))
put("mlp.members", members.detach())
plain = sum(F.cross_entropy(m, labels, weight=torch.tensor([1.0, 2.0], dtype=double)) for m in members) / MEMBERS
put("mlp.loss", plain.detach())
(gradient,) = torch.autograd.grad(plain, members)
put("mlp.gradient", gradient)
focal = 0
for m in members:
    p = torch.softmax(m, -1).gather(1, labels[:, None])[:, 0]
    focal = focal + ((1 - p) ** 2 * -torch.log(p)).mean() / MEMBERS
put("mlp.focal", focal.detach())

# Wide and deep: the linear part sees all of it, the deep part an embedding of the category instead of its one-hot vector.
network = "wide-deep"
wide = first(x, "wide", CLASSES)
width = round(1.6 * 3 ** 0.56)
embedded = torch.cat([x[:, :-3], x[:, -3:] @ weight("embedding.0.weight", 3, width)], 1)
put("wide-deep.logits", (wide + deep(embedded)).detach().mean(0))
pathlib.Path(__file__).with_name("rows.txt").write_text("\n".join(lines) + "\n")
