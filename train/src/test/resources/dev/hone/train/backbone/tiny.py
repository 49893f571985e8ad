"""Small networks with random weights in the form of torchvision's, and what PyTorch gives at the end of their stages.

Usage: python tiny.py FOLDER > tiny.txt
Each line: network, size of a map, then mean and deviation of its first six channels and six of its values.
"""
import sys, warnings
import numpy as np, torch
from torch import nn

warnings.filterwarnings("ignore")
H, W = 64, 96


class Block(nn.Module):
    def __init__(self, i, o, stride, gate=False):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.down = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride > 1 else nn.Identity()
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(o, 4, 1), nn.ReLU(), nn.Conv2d(4, o, 1), nn.Sigmoid()) if gate else None

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        y = y * self.gate(y) if self.gate else y
        return torch.relu(y + self.down(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 7, 2, 3, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.ModuleList([Block(6, 6, 1), nn.Sequential(Block(6, 8, 2), Block(8, 8, 1)), Block(8, 10, 2, True)])
        self.fc = nn.Linear(10, 5)

    def forward(self, x):
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return self.fc(x.mean((2, 3))), maps


class Norm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class NextBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(c, c, 7, 1, 3, groups=c), nn.LayerNorm(c)
        self.up, self.down = nn.Linear(c, 2 * c), nn.Linear(2 * c, c)

    def forward(self, x):
        y = self.norm(self.conv(x).permute(0, 2, 3, 1))
        return x + self.down(nn.functional.gelu(self.up(y))).permute(0, 3, 1, 2)


class ConvNext(nn.Module):
    """Maps are what goes into the next stage: the normalized end of a stage."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 4, 4), Norm(6))
        self.first, self.norm = NextBlock(6), Norm(6)
        self.down, self.second = nn.Conv2d(6, 8, 2, 2), NextBlock(8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        a = self.norm(self.first(self.stem(x)))
        b = self.second(self.down(a))
        return self.fc(b.mean((2, 3))), [a, b]


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 8, 8)
        self.layers = nn.Sequential(*[nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8)) for _ in range(2)])
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        return self.fc(self.layers(x).mean(1)), []


class Logits(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x)[0]


class Bound(nn.Module):
    """A channel shuffle traced with numbers: works at one size alone."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.fc = nn.Conv2d(3, 8, 3, 4, 1), nn.Conv2d(8, 8, 3, 2, 1), nn.Linear(8, 5)

    def forward(self, x):
        y = torch.relu(self.a(x)).reshape(-1, 2, 4, 16, 16).transpose(1, 2).reshape(-1, 8, 16, 16)
        return self.fc(torch.relu(self.b(y)).mean((2, 3))), []


i, j = np.mgrid[0:H, 0:W]
gray = ((37 * i + 11 * j + (i * j) // 7) % 256).astype(np.float64)
mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
x = torch.tensor(((np.stack([gray] * 3) / 255 - mean[:, None, None]) / std[:, None, None])[None], dtype=torch.float32)

for name, make in dict(resnet=ResNet, convnext=ConvNext, vit=ViT, bound=Bound).items():
    torch.manual_seed(1)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    axes = {"input": {0: "batch"} if name == "bound" else {0: "batch", 2: "height", 3: "width"}}
    example = torch.zeros(2, 3, 64, 64) if name == "bound" else torch.zeros(2, 3, H, W)
    torch.onnx.export(Logits(net), example, f"{sys.argv[1]}/tiny-{name}.onnx", dynamo=False, input_names=["input"],
                      dynamic_axes=axes, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    if name != "bound":
        for y in net(x)[1]:
            y = y[0].detach().numpy().astype(np.float64)
            flat = y.reshape(-1)
            numbers = list(y[:6].mean((1, 2))) + list(y[:6].std((1, 2))) + [flat[k * (len(flat) - 1) // 5] for k in range(6)]
            print("tiny-" + name, "gray", "-", "x".join(map(str, y.shape)), " ".join("%.7g" % v for v in numbers))
