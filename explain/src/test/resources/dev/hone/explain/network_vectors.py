"""Makes small networks of four kinds and network_vectors.onnx, what Captum's GradientShap says of them, beside this file:
a ResNet-18 and a MobileNetV2 of few channels, a Transformer over a sequence of vectors, and a network over a table.

Needs torch, onnx, numpy and captum (0.8). The vectors are initializers of a model without nodes. Captum's own random
draws are recorded while it runs.
"""
import pathlib
import numpy as np, onnx, torch, torch.nn as nn
from captum.attr import GradientShap
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
torch.manual_seed(1)
np.random.seed(1)


def conv(i, o, k, s=1, groups=1, activation=None):
    layers = [nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([activation] if activation else []))


class Basic(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.a, self.b = conv(i, o, 3, s, activation=nn.ReLU()), conv(o, o, 3)
        self.shortcut = conv(i, o, 1, s) if s > 1 or i != o else nn.Identity()

    def forward(self, x):
        return torch.relu(self.b(self.a(x)) + self.shortcut(x))


class Inverted(nn.Module):
    def __init__(self, i, o, s, expand):
        super().__init__()
        h = i * expand
        first = [conv(i, h, 1, activation=nn.ReLU6())] if expand > 1 else []
        self.body = nn.Sequential(*first, conv(h, h, 3, s, h, nn.ReLU6()), conv(h, o, 1))
        self.residual = s == 1 and i == o

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


def head(channels, classes):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def resnet18(w=4):
    layers, i = [conv(3, w, 7, 2, activation=nn.ReLU()), nn.MaxPool2d(3, 2, 1)], w
    for stage in range(4):
        o = w * 2 ** stage
        layers += [Basic(i, o, 1 if stage == 0 else 2), Basic(o, o, 1)]
        i = o
    return nn.Sequential(*layers, head(i, 5))


def mobilenetv2():
    layers, i = [conv(3, 4, 3, 2, activation=nn.ReLU6())], 4
    for expand, o, n, s in ((1, 4, 1, 1), (6, 4, 2, 2), (6, 6, 2, 2), (6, 8, 2, 2), (6, 8, 1, 1)):
        for k in range(n):
            layers.append(Inverted(i, o, s if k == 0 else 1, expand))
            i = o
    return nn.Sequential(*layers, conv(i, 16, 1, activation=nn.ReLU6()), head(16, 5))


class Transformer(nn.Module):
    def __init__(self, width=12, heads=3, steps=7):
        super().__init__()
        self.position = nn.Parameter(torch.randn(1, steps, width) * 0.3)
        self.heads = heads
        self.blocks = nn.ModuleList(nn.ModuleDict({
            "n1": nn.LayerNorm(width), "qkv": nn.Linear(width, 3 * width), "o": nn.Linear(width, width),
            "n2": nn.LayerNorm(width), "a": nn.Linear(width, 4 * width), "b": nn.Linear(4 * width, width)}) for _ in range(2))
        self.head = nn.Linear(width, 5)

    def forward(self, x):
        x = x + self.position
        for block in self.blocks:
            q, k, v = block["qkv"](block["n1"](x)).chunk(3, 2)
            q, k, v = (t.unflatten(2, (self.heads, -1)).transpose(1, 2) for t in (q, k, v))
            attention = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(-1) @ v
            x = x + block["o"](attention.transpose(1, 2).flatten(2))
            x = x + block["b"](nn.functional.gelu(block["a"](block["n2"](x))))
        return self.head(x.mean(1))


def table():
    return nn.Sequential(nn.Linear(9, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 5))


drawn = {}


def recording(name, function):
    def recorder(*arguments, **named):
        drawn[name] = function(*arguments, **named)
        return drawn[name]
    return recorder


np.random.choice = recording("index", np.random.choice)
np.random.uniform = recording("alpha", np.random.uniform)

vectors = {}
for name, network, shape in (("resnet18", resnet18(), (3, 64, 64)), ("mobilenetv2", mobilenetv2(), (3, 48, 48)),
                             ("sequence", Transformer(), (7, 12)), ("table", table(), (9,))):
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
            module.momentum = None
    with torch.no_grad():
        network.train()(torch.randn(32, *shape))  # running statistics that fit, so that signals neither die nor grow
    network.eval()
    image, baselines = torch.randn(1, *shape), torch.randn(3, *shape)
    torch.onnx.export(
        network, (image,), HERE / f"{name}.onnx", dynamo=False, opset_version=17, input_names=["x"],
        output_names=["logits"], dynamic_axes={"x": {0: "N"}, "logits": {0: "N"}})
    attribution, delta = GradientShap(network).attribute(
        image, baselines, n_samples=8, stdevs=0.0, target=3, return_convergence_delta=True)
    vectors |= {f"{name}_image": image, f"{name}_baselines": baselines, f"{name}_index": drawn["index"],
                f"{name}_alpha": drawn["alpha"], f"{name}_attribution": attribution, f"{name}_delta": delta}
    print(name, sum(p.numel() for p in network.parameters()), "parameters, sum", attribution.sum().item())

initializers = []
for name, value in vectors.items():
    array = value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
    array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
    initializers.append(numpy_helper.from_array(array, name))
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "network_vectors.onnx")
