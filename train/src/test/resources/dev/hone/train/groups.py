"""Makes groups.txt beside it: what PyTorch's parameter groups make of a small network, one vector a line, as the name and
the numbers. Convolution, batch norm, ReLU, the same again, mean, linear; five steps.

Run with PyTorch and NumPy installed: python groups.py
"""
import pathlib
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

lines = []
STEPS = 5


def put(name, values):
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    lines.append(name + " " + " ".join(format(float(v), ".9g") for v in flat))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 3, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.fc(x.mean((2, 3)))


torch.manual_seed(5)
start = Net()
with torch.no_grad():
    for bn in (start.bn1, start.bn2):
        bn.weight.uniform_(0.5, 1.5)
        bn.bias.normal_(0, 0.1)
        bn.running_mean.normal_(0, 0.3)
        bn.running_var.uniform_(0.1, 0.6)
images = torch.rand(STEPS, 6, 2, 6, 6)
targets = torch.randint(0, 3, (STEPS, 6))
put("images", images)
put("targets", targets)
for name, value in start.state_dict().items():
    if not name.endswith("num_batches_tracked"):
        put("start." + name, value)


def net():
    copy = Net()
    copy.load_state_dict(start.state_dict())
    return copy


def groups(model, rates, rate, decay):
    """One group per weight: its own rate; no decay of biases and normalizations; fc decays twice as much."""
    return [{"params": [p], "lr": rate * rates[name.split(".")[0]],
             "weight_decay": 0 if p.ndim < 2 else 2 * decay if name.startswith("fc") else decay}
            for name, p in model.named_parameters()]


def train(name, make, held_for=0, kept=()):
    """held_for: steps in which only fc is trained, the rest without gradient and its batch norms as at inference."""
    model = net()
    optimizer = make(model)
    losses = []
    for step in range(STEPS):
        holding = step < held_for
        for n, p in model.named_parameters():
            p.requires_grad_(not holding or n.startswith("fc"))
        for n in ("bn1", "bn2"):
            getattr(model, n).train(not holding and n not in kept)
        loss = F.cross_entropy(model(images[step]), targets[step])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    put(f"{name}.losses", losses)
    for n, p in model.named_parameters():
        put(f"{name}.{n}", p.detach())
    # Running variances: PyTorch mixes in the unbiased variance, ONNX the batch's own; only means can be compared.
    for n in ("bn1", "bn2"):
        put(f"{name}.{n}.running_mean", getattr(model, n).running_mean)
        if n in kept:
            put(f"{name}.{n}.running_var", getattr(model, n).running_var)


LAYERS = {"conv1": 0.25, "bn1": 0.25, "conv2": 0.5, "bn2": 0.5, "fc": 1}
train("sgd", lambda m: torch.optim.SGD(groups(m, LAYERS, 0.1, 0.02), momentum=0.9, nesterov=True))
train("adam", lambda m: torch.optim.Adam(groups(m, LAYERS, 0.02, 0.02)))
train("adamw", lambda m: torch.optim.AdamW(groups(m, LAYERS, 0.02, 0.5)))
train("kept", lambda m: torch.optim.AdamW(groups(m, LAYERS, 0.02, 0.5)), kept=("bn1", "bn2"))
train("keptfirst", lambda m: torch.optim.SGD(groups(m, LAYERS, 0.1, 0.02), momentum=0.9), kept=("bn1",))
train("phases", lambda m: torch.optim.AdamW(groups(m, LAYERS, 0.02, 0.5)), held_for=2)
train("phasessgd", lambda m: torch.optim.SGD(groups(m, LAYERS, 0.1, 0.02), momentum=0.9), held_for=2)

# ---- stochastic depth: three residual blocks, dropped with 0, 0.3 and 0.6, one mask per sample, as timm's drop_path
torch.manual_seed(6)
weights = {"stem.weight": torch.randn(3, 2, 3, 3) * 0.4}
for block in range(3):
    for layer in "ab":
        weights[f"block{block}.{layer}.weight"] = torch.randn(3, 3, 3, 3) * 0.3
weights["fc.weight"] = torch.randn(3, 3)
uniform = torch.rand(2, 6)
uniform[:, 0] = torch.tensor([0.29, 0.61])
uniform[:, 1] = torch.tensor([0.31, 0.59])
put("depth.uniform", uniform)
for name, value in weights.items():
    put("depth." + name, value)
    value.requires_grad_(True)
y = F.conv2d(images[0], weights["stem.weight"], padding=1)
for block, rate in enumerate((0, 0.3, 0.6)):
    branch = F.conv2d(F.relu(F.conv2d(y, weights[f"block{block}.a.weight"], padding=1)),
                      weights[f"block{block}.b.weight"], padding=1)
    if rate:
        branch = branch * (uniform[block - 1] >= rate).float()[:, None, None, None] / (1 - rate)
    y = F.relu(y + branch)
loss = F.cross_entropy(y.mean((2, 3)) @ weights["fc.weight"].T, targets[0])
loss.backward()
put("depth.loss", [loss.item()])
for name, value in weights.items():
    put(f"depth.gradient.{name}", value.grad)

pathlib.Path(__file__).with_name("groups.txt").write_text("\n".join(lines) + "\n")
