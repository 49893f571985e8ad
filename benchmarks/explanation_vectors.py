"""For each MODEL.pt (a module saved whole, input [N,3,224,224]) beside MODEL.onnx: writes MODEL.vectors.onnx, the draws and
attributions of captum's GradientShap and shap's GradientExplainer, and what PyTorch makes of these draws in double
precision, for benchmarks/run agreement MODEL.onnx.

Needs torch, torchvision, onnx, numpy, captum (0.8) and shap (0.51).
"""
import pathlib, sys
import numpy as np, onnx, shap, torch
from captum.attr import GradientShap
from onnx import helper, numpy_helper

SAMPLES, TARGET, SIDE = 8, 3, 224
drawn = {"index": [], "alpha": []}


def recording(name, function):
    def recorder(*arguments, **named):
        drawn[name].append(function(*arguments, **named))
        return drawn[name][-1]
    return recorder


np.random.choice = recording("index", np.random.choice)
np.random.uniform = recording("alpha", np.random.uniform)


class Target(torch.nn.Module):
    """One output, so that shap differentiates one class and not a thousand."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)[:, TARGET:TARGET + 1]


def draws():
    index, alpha = (np.concatenate([np.atleast_1d(v) for v in drawn[k]]) for k in ("index", "alpha"))
    drawn["index"].clear(), drawn["alpha"].clear()
    return index.astype(np.int64), alpha.astype(np.float32)


for name in map(pathlib.Path, sys.argv[1:]):
    torch.manual_seed(1), np.random.seed(1)
    network = torch.load(name, weights_only=False, map_location="cpu").eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    for module in network.modules():
        if getattr(module, "inplace", False):
            module.inplace = False
    image, baselines = torch.randn(1, 3, SIDE, SIDE), torch.randn(4, 3, SIDE, SIDE)
    vectors = {"image": image.numpy(), "baselines": baselines.numpy(), "target": np.array([TARGET])}
    captum = GradientShap(network).attribute(image, baselines, n_samples=SAMPLES, stdevs=0.0, target=TARGET)
    vectors["captum_index"], vectors["captum_alpha"] = draws()
    vectors["captum_attribution"] = captum.detach().numpy().astype(np.float32)
    values = shap.GradientExplainer(Target(network), baselines).shap_values(image, nsamples=SAMPLES, rseed=3)
    vectors["shap_index"], vectors["shap_alpha"] = draws()
    vectors["shap_attribution"] = np.asarray(values, np.float32).reshape(image.shape)
    exact = network.double()
    for tool in ("captum", "shap"):
        total = torch.zeros_like(image, dtype=torch.float64)
        for index, alpha in zip(vectors[f"{tool}_index"], vectors[f"{tool}_alpha"]):
            baseline, x = baselines[index:index + 1].double(), image.double()
            point = (baseline + float(alpha) * (x - baseline)).requires_grad_()
            total += (x - baseline) * torch.autograd.grad(exact(point)[0, TARGET], point)[0] / SAMPLES
        vectors[f"{tool}_exact"] = total.numpy().astype(np.float32)
    tensors = [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in vectors.items()]
    graph = helper.make_graph([], "vectors", [], [], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), name.with_suffix(".vectors.onnx"))
    print(name.name, vectors["captum_index"], vectors["shap_index"])
