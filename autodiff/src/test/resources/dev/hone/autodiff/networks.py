"""Makes <name>.onnx and <name>.csv: whole networks and PyTorch's gradients of them.

The files hold structure only. Weights and input come from `fill`, a formula that the test shares, so that full-size
networks take a few kilobytes. A row of the table is: name of a parameter (or the input), the sum of its gradient's
squares, and the sum of its gradient times fill(..., salt + 1). Gradients are those of sum(logits * fill(logits)),
computed in double.

Run with torch, torchvision, onnx: python networks.py
"""
import csv, pathlib, warnings
import numpy as np, onnx, torch, torch.nn as nn, torch.nn.functional as F, torchvision

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
SIZE = 64


def fill(count, salt):
    """Numbers in [-1, 1): the top bits of a multiplicative hash of the index."""
    i = np.arange(count, dtype=np.uint64)
    h = (i * np.uint64(2654435761) + np.uint64(salt) * np.uint64(40503)) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(13)
    return h.astype(np.float64) / 2.0**31 - 1


def parameter(name, shape, salt):
    v = fill(int(np.prod(shape)), salt).reshape(shape)
    if len(shape) > 1:
        return v * np.sqrt(4.0 / np.prod(shape[1:]))
    if name.endswith("running_var"):
        return 1 + 0.5 * v
    return (1 if name.endswith("weight") else 0) + 0.2 * v


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5, -1) @ v
        x = x + self.out(a.transpose(1, 2).reshape(n, t, d))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, d=48, heads=4, blocks=3, patch=16, classes=10):
        super().__init__()
        self.patch = nn.Conv2d(3, d, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, d))
        self.position = nn.Parameter(torch.zeros(1, (SIZE // patch) ** 2 + 1, d))
        self.blocks = nn.Sequential(*(Block(d, heads) for _ in range(blocks)))
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, classes)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.position
        return self.head(self.norm(self.blocks(x))[:, 0])


NETWORKS = {
    "mobilenet_v2": torchvision.models.mobilenet_v2,
    "mobilenet_v3_small": torchvision.models.mobilenet_v3_small,
    "resnet18": torchvision.models.resnet18,
    "efficientnet_b0": torchvision.models.efficientnet_b0,
    "transformer": Transformer,
}

for name, make in NETWORKS.items():
    network = make().eval()
    tensors = {k: v for k, v in network.state_dict().items() if v.is_floating_point()}
    for salt, (key, tensor) in enumerate(tensors.items()):
        tensor.copy_(torch.tensor(parameter(key, tuple(tensor.shape), 2 * salt + 100)))
    x = torch.tensor(fill(2 * 3 * SIZE * SIZE, 1).reshape(2, 3, SIZE, SIZE)).float()
    torch.onnx.export(network, (x,), str(HERE / f"{name}.onnx"), input_names=["input"], output_names=["logits"], opset_version=17, dynamo=False,
                      dynamic_axes={"input": {0: "N"}}, export_params=False, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
    model = onnx.load(HERE / f"{name}.onnx")
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.name, node.doc_string = "", ""
    onnx.save(model, HERE / f"{name}.onnx")
    network.double()
    parameters = dict(network.named_parameters())
    x = x.double().requires_grad_()
    logits = network(x)
    objective = (logits * torch.tensor(fill(logits.numel(), 2).reshape(logits.shape))).sum()
    gradients = torch.autograd.grad(objective, [x, *parameters.values()])
    with open(HERE / f"{name}.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["name", "salt", "squares", "along"])
        salts = {key: 2 * salt + 100 for salt, key in enumerate(tensors)}
        for key in tensors:
            if key not in parameters:
                rows.writerow([key, salts[key], "", ""])
        for key, g in zip(["input", *parameters], gradients):
            salt = salts.get(key, 1)
            direction = fill(g.numel(), salt + 1)
            rows.writerow([key, salt, repr(float((g * g).sum())), repr(float((g.flatten().numpy() * direction).sum()))])
    print(name, (HERE / f"{name}.onnx").stat().st_size, (HERE / f"{name}.csv").stat().st_size, float(logits.detach().abs().mean()), float(gradients[0].abs().max()))
