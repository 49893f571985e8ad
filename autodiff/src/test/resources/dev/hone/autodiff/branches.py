"""Exports networks with an `if` or a `for` by of PyTorch's exporters, and writes their gradients as PyTorch computes them.

branches.tsv holds, for either branch: the model, the input, the gradients of the input and of each parameter. The loss
is y1 + 2 y2 + 3 y3. Run with the folder to write to; torch 2.13 with onnxscript made the files here.
"""
import sys
import torch
from torch import nn


class Branching(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 3)

    def forward(self, x):
        h = self.first(x)
        if bool(x.sum() > 0):
            h = torch.relu(h) * x
        else:
            h = torch.tanh(h + self.second.weight.sum())
        return self.second(h)


class Cond(Branching):
    def forward(self, x):
        h = self.first(x)
        y = torch.cond(x.sum() > 0, lambda a, b: torch.relu(a) * b, lambda a, b: torch.tanh(a - b), (h, x))
        return self.second(y)


class Looping(Branching):
    def forward(self, x):
        h = x
        for i in range(4 * x.size(0)):
            h = torch.tanh(self.first(h)) * x
            if i == 2:
                h = h + self.second.weight.sum()
        return self.second(h)


torch.manual_seed(3)
folder = sys.argv[1]
points = [torch.tensor([[0.5, -0.25, 1.0, 0.75]]), torch.tensor([[-0.5, 0.25, -1.0, 0.125]])]
rows = []
for name, net in [("scripted_if", Branching()), ("cond", Cond()), ("scripted_loop", Looping())]:
    net.eval()
    for point in points:
        x = point.clone().requires_grad_()
        net.zero_grad()
        (net(x) * torch.tensor([[1.0, 2.0, 3.0]])).sum().backward()
        values = [("x", x.grad)] + [(n, p.grad) for n, p in net.named_parameters()]
        cells = [f"{n}={' '.join(repr(float(v)) for v in g.reshape(-1))}" for n, g in values]
        rows.append("\t".join([name, " ".join(repr(float(v)) for v in point[0])] + cells))
    file = f"{folder}/{name}.onnx"
    if name == "cond":
        torch.onnx.export(net, (points[0],), file, dynamo=True, opset_version=18, external_data=False)
    else:
        # A known number of steps would be unrolled.
        options = dict(input_names=["x"], dynamic_axes={"x": {0: "N"}}) if name == "scripted_loop" else {}
        torch.onnx.export(torch.jit.script(net), (points[0],), file, dynamo=False, opset_version=17, **options)
with open(f"{folder}/branches.tsv", "w") as out:
    out.write("\n".join(rows) + "\n")
