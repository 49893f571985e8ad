"""Gradients of learned step size quantization (Esser et al. 2020) by PyTorch's autograd, for FakeQuantizationTest.

The round is passed straight through; weights are signed with a step per output channel, activations unsigned bytes with
a zero point, their ranges those of a calibration batch. Writes lsq.txt: name, shape and values, one tensor a line.
"""
import torch

torch.manual_seed(5)
PACE = 10


def round_through(v):
    return (torch.round(v) - v).detach() + v


def fake(x, s, low, high):
    return round_through(torch.clamp(x / s, low, high)) * s


def ranged(t):
    low, high = min(0.0, t.min().item()), max(0.0, t.max().item())
    return (high - low) / 255, round(-low / (high - low) * 255)


calibration = torch.randn(2, 3, 4, 4).clamp(-1.3, 1.7)
x = torch.randn(2, 3, 4, 4)
w = torch.randn(4, 3, 1, 1, requires_grad=True)
with torch.no_grad():
    step_x, zero_x = ranged(calibration)
    step_y, zero_y = ranged(torch.nn.functional.conv2d(calibration, w))
    step_w = w.abs().amax((1, 2, 3)) / 127
log_x, log_y = (torch.zeros(1, requires_grad=True) for _ in range(2))
log_w = torch.zeros(4, requires_grad=True)
s_w = (step_w * torch.exp(PACE * log_w)).reshape(4, 1, 1, 1)
rounded = fake(x, step_x * torch.exp(PACE * log_x), -zero_x, 255 - zero_x)
y = torch.nn.functional.conv2d(rounded, fake(w, s_w, -128, 127))
y = fake(y, step_y * torch.exp(PACE * log_y), -zero_y, 255 - zero_y)
(y * y).sum().backward()
with open("lsq.txt", "w") as out:
    for name, t in dict(
        calibration=calibration, x=x, w=w, y=y, dw=w.grad, dlog_w=log_w.grad, dlog_x=log_x.grad, dlog_y=log_y.grad
    ).items():
        values = " ".join(f"{v:.8g}" for v in t.detach().double().flatten().tolist())
        print(name, ",".join(map(str, t.shape)), values, file=out)
