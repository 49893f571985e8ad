"""Logits of narrow networks with the blocks of timm's resnet18d and resnet50d, at sizes that halve to odd ones.

pip install timm torch; python resnetd.py > resnetd.txt. Every parameter is a formula of its name and index, as in
ResNetDTest. One line per network: name, height, width, parameters of the whole network as timm has it, logits.
"""
import math

import timm
import torch
from timm.models.resnet import BasicBlock, Bottleneck, ResNet


def fill(model):
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        code = sum(map(ord, name)) % 97
        index = torch.arange(tensor.numel(), dtype=torch.float64)
        wave = torch.sin(0.37 * index + code)
        if name.endswith("running_var"):
            wave = 1 + 0.5 * wave
        elif tensor.dim() == 1 and name.endswith(".weight"):
            wave = 0.6 + 0.3 * wave
        elif tensor.dim() > 1:
            wave = wave * math.sqrt(2 / tensor[0].numel())
        else:
            wave = 0.1 * wave
        tensor.copy_(wave.reshape(tensor.shape))


def logits(block, blocks, height, width):
    model = ResNet(
        block, blocks, num_classes=5, stem_type="deep", stem_width=4, avg_down=True, channels=(8, 16, 32, 64)
    ).eval()
    fill(model)
    image = (torch.arange(3 * height * width) * 7 % 256).reshape(1, 3, height, width).float()
    return model((image - 128) / 64)[0]


with torch.no_grad():
    for name, block, blocks in (("resnet18d", BasicBlock, [2, 2, 2, 2]), ("resnet50d", Bottleneck, [3, 4, 6, 3])):
        parameters = sum(p.numel() for p in timm.create_model(name).parameters())
        for height, width in ((64, 96), (75, 51)):
            values = " ".join(f"{v:.7g}" for v in logits(block, blocks, height, width).tolist())
            print(name, height, width, parameters, values)
