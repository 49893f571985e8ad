"""Makes sequence_vectors.onnx, what Captum says of the steps of sequence.onnx by several methods, beside this file: the sums
over each step's features.

Needs torch, onnx, onnxruntime, numpy and captum (0.8). The vectors are initializers of a model without nodes. The network
comes from network_vectors.py, which is run without writing its files.
"""
import pathlib, runpy
import numpy as np, onnx, onnxruntime, torch
from captum.attr import InputXGradient, IntegratedGradients, Occlusion, Saliency, ShapleyValues
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
networks = {}
export, save = torch.onnx.export, onnx.save
torch.onnx.export = lambda network, image, path, **named: networks.update({path.stem: network})
onnx.save = lambda *arguments: None
vectors = runpy.run_path(str(HERE / "network_vectors.py"))["vectors"]
torch.onnx.export, onnx.save = export, save

network, x, baselines = networks["sequence"], vectors["sequence_image"], vectors["sequence_baselines"]
session = onnxruntime.InferenceSession(HERE / "sequence.onnx", providers=["CPUExecutionProvider"])
assert np.abs(session.run(None, {"x": x.numpy()})[0] - network(x).detach().numpy()).max() < 1e-5
mean = baselines.mean(0, keepdim=True)
steps = torch.arange(7).view(1, 7, 1).expand(1, 7, 12).contiguous()
named = {"target": 3}


def by_step(attribution):
    return attribution.detach().sum(2)[0]


def shapley(baseline):
    return ShapleyValues(network).attribute(x, baseline, feature_mask=steps, **named)[0, :, 0].detach()


class Attention(torch.nn.Module):
    """The transformer up to a block's attention weights, as network_vectors.py computes them."""

    def forward(self, x):
        x, weights = x + network.position, []
        for block in network.blocks:
            q, k, v = block["qkv"](block["n1"](x)).chunk(3, 2)
            q, k, v = (t.unflatten(2, (network.heads, -1)).transpose(1, 2) for t in (q, k, v))
            weights.append((q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(-1))
            x = x + block["o"]((weights[-1] @ v).transpose(1, 2).flatten(2))
            x = x + block["b"](torch.nn.functional.gelu(block["a"](block["n2"](x))))
        return weights


rollout = torch.eye(7)
for weights in Attention()(x):
    rollout = (weights[0].mean(0) + torch.eye(7)) / 2 @ rollout

sums = {
    "saliency": by_step(Saliency(network).attribute(x, **named)),
    "input_x_gradient": by_step(InputXGradient(network).attribute(x, **named)),
    "integrated_gradients": by_step(IntegratedGradients(network).attribute(x, mean, n_steps=40, **named)),
    # A step's own value is not divided among its features.
    "occlusion": Occlusion(network).attribute(x, (1, 12), (1, 12), mean, **named)[0, :, 0].detach(),
    "exact_shapley": sum(shapley(b[None]) for b in baselines) / len(baselines),
    "attention_rollout": rollout.mean(0).detach(),
}
initializers = [numpy_helper.from_array(v.numpy().astype(np.float32), k) for k, v in sums.items()]
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "sequence_vectors.onnx")
