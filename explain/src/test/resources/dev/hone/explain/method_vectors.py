"""Makes method_vectors.onnx, what Captum says of classifier.onnx by other methods, and transformer.onnx, a small vision
transformer, with its attention rollout, beside this file.

Needs torch, onnx, numpy and captum (0.8). The vectors are initializers of a model without nodes. The classifier comes from
captum_vectors.py, which is run first and makes the same files again.
"""
import pathlib, runpy
import numpy as np, onnx, torch, torch.nn as nn
from captum.attr import (InputXGradient, IntegratedGradients, LayerGradCam, LayerGradientXActivation,
                         LayerIntegratedGradients, NoiseTunnel, Occlusion, Saliency)
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
originals = np.random.choice, np.random.uniform, torch.normal
made = runpy.run_path(str(HERE / "captum_vectors.py"))
np.random.choice, np.random.uniform, torch.normal = originals
network, image, baselines = made["network"], made["image"], made["baselines"]
mean = baselines.mean(0, keepdim=True)
last, stem = network.down[0], network.stem
named = {"target": 2}

vectors = {
    "saliency": Saliency(network).attribute(image, **named),
    "input_x_gradient": InputXGradient(network).attribute(image, **named),
    "integrated_zero": IntegratedGradients(network).attribute(image, n_steps=50, **named),
    "integrated_mean": IntegratedGradients(network).attribute(image, mean, n_steps=20, **named),
    "grad_cam": LayerGradCam(network, last).attribute(image, **named),
    "layer_x_gradient": LayerGradientXActivation(network, last).attribute(image, **named),
    "layer_integrated": LayerIntegratedGradients(network, stem).attribute(image, mean, n_steps=20, **named),
    "occlusion_4_2": Occlusion(network).attribute(image, (3, 4, 4), (3, 2, 2), mean, **named),
    "occlusion_5_3": Occlusion(network).attribute(image, (3, 5, 5), (3, 3, 3), 0, **named),
}

# Chattopadhay et al. 2018, equations 9 to 11, at the same layer.
activation = last(network.pointwise(network.depthwise(network.stem((image - network.mean) / network.std)))
                  + network.stem((image - network.mean) / network.std)).detach().requires_grad_()
score = network.head(network.down[1](activation).mean((2, 3)))[0, 2]
g, = torch.autograd.grad(score, activation)
alpha = g ** 2 / (2 * g ** 2 + activation.sum((2, 3), keepdim=True) * g ** 3)
vectors["grad_cam_plus_plus"] = ((alpha * g.relu()).sum((2, 3), keepdim=True) * activation).sum(1)
vectors["activation"] = activation

noises = []


def recording(*arguments):
    noises.append(originals[2](*arguments))
    return noises[-1]


torch.manual_seed(1)
torch.normal = recording
vectors["smooth_grad"] = NoiseTunnel(Saliency(network)).attribute(
    image, nt_type="smoothgrad", nt_samples=5, stdevs=0.1, abs=False, **named)
torch.normal = originals[2]
vectors["smooth_noise"] = torch.cat(noises)


class Transformer(nn.Module):
    """Patches of 4 x 4, a class token, two layers of two heads, the class from the class token."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.heads, self.width = heads, width
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.position = nn.Parameter(torch.randn(1, 13, width))
        self.parts = nn.ModuleList(nn.ModuleList([nn.Linear(width, 3 * width), nn.Linear(width, width)]) for _ in range(2))
        self.head = nn.Linear(width, 4)

    def forward(self, x, attentions=None):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.position
        for inward, outward in self.parts:
            q, k, v = (t.view(-1, 13, self.heads, 4).transpose(1, 2) for t in inward(x).chunk(3, -1))
            a = torch.softmax(3 * q @ k.transpose(2, 3), -1)
            if attentions is not None:
                attentions.append(a)
            x = x + torch.tanh(outward((a @ v).transpose(1, 2).reshape(-1, 13, self.width)))
        return self.head(x[:, 0])


torch.manual_seed(2)
transformer = Transformer().eval()
torch.onnx.export(transformer, (image,), HERE / "transformer.onnx", dynamo=False, opset_version=17,
                  input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})
attentions = []
transformer(image, attentions)
# Abnar and Zuidema 2020, section 3: half attention, half residual; the product of the layers.
rollout = torch.eye(13)
for a in attentions:
    rollout = (0.5 * a[0].mean(0) + 0.5 * torch.eye(13)) @ rollout
vectors["rollout"] = rollout[0, 1:].view(4, 3)
vectors["bilinear"] = nn.functional.interpolate(vectors["rollout"][None, None], (16, 12), mode="bilinear")

initializers = [numpy_helper.from_array(v.detach().numpy().astype(np.float32), k) for k, v in vectors.items()]
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "method_vectors.onnx")
