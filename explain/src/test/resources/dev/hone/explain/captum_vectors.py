"""Makes classifier.onnx, a small network, and captum_vectors.onnx, what Captum's GradientShap says of it, beside this file.

Needs torch, onnx, numpy and captum (0.8). The vectors are initializers of a model without nodes. Captum's own random
draws are recorded while it runs: baseline index, alpha and noise per row.
"""
import pathlib
import numpy as np, onnx, torch, torch.nn as nn
from captum.attr import GradientShap
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
torch.manual_seed(0)
np.random.seed(0)


class Classifier(nn.Module):
    """Normalization inside, strides, depthwise, residual, pooling, a smooth gate."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.2, 0.3, 0.25]).view(1, 3, 1, 1))
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.depthwise = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.pointwise = nn.Sequential(nn.Conv2d(8, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.down = nn.Sequential(nn.Conv2d(8, 12, 3, 2, 1), nn.SiLU())
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        x = self.stem((x - self.mean) / self.std)
        x = x + self.pointwise(self.depthwise(x))
        return self.head(self.down(x).mean((2, 3)))


network = Classifier().eval()
for module in network.modules():
    if isinstance(module, nn.BatchNorm2d):
        module.running_mean.normal_(0, 0.2)
        module.running_var.uniform_(0.5, 1.5)
        module.weight.data.uniform_(0.5, 1.5)
        module.bias.data.normal_(0, 0.2)

image = torch.rand(1, 3, 16, 12)
baselines = torch.rand(4, 3, 16, 12)
torch.onnx.export(
    network, (image,), HERE / "classifier.onnx", dynamo=False, opset_version=17, input_names=["image"],
    output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
    training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)

drawn = {}


def recording(name, function):
    def recorder(*arguments, **named):
        drawn[name] = function(*arguments, **named)
        return drawn[name]
    return recorder


np.random.choice = recording("index", np.random.choice)
np.random.uniform = recording("alpha", np.random.uniform)
torch.normal = recording("noise", torch.normal)

vectors = {"image": image, "baselines": baselines, "scores": network(image), "baseline_scores": network(baselines)}
for case, samples, deviation in (("plain", 7, 0.0), ("noisy", 5, 0.1)):
    attribution, delta = GradientShap(network).attribute(
        image, baselines, n_samples=samples, stdevs=deviation, target=2, return_convergence_delta=True)
    vectors |= {f"{case}_index": drawn["index"], f"{case}_alpha": drawn["alpha"], f"{case}_noise": drawn["noise"],
                f"{case}_attribution": attribution, f"{case}_delta": delta}
    print(case, "sum", attribution.sum().item(), "delta", delta.tolist())

initializers = []
for name, value in vectors.items():
    array = value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
    array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
    initializers.append(numpy_helper.from_array(array, name))
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "captum_vectors.onnx")
