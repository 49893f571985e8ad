"""Makes shap_vectors.onnx beside this file: what shap.GradientExplainer says of classifier.onnx and table.onnx.

Needs torch, onnx, numpy and shap (0.51). The networks are built anew in PyTorch with the weights of the files, and compared.
shap's own random draws, baseline and alpha of each sample, are recorded while it runs; they are the same for every class.
The vectors are initializers of a model without nodes; attributions are [classes, ...].
"""
import pathlib
import numpy as np, onnx, shap, torch, torch.nn as nn
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).parent
SAMPLES = 7


class Classifier(nn.Module):
    """As in captum_vectors.py."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, 3, 1, 1))
        self.register_buffer("std", torch.ones(1, 3, 1, 1))
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.depthwise = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.pointwise = nn.Sequential(nn.Conv2d(8, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.down = nn.Sequential(nn.Conv2d(8, 12, 3, 2, 1), nn.SiLU())
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        x = self.stem((x - self.mean) / self.std)
        x = x + self.pointwise(self.depthwise(x))
        return self.head(self.down(x).mean((2, 3)))


def table():
    return nn.Sequential(nn.Linear(9, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 5))


drawn = {"index": [], "alpha": []}


def recording(name, function):
    def recorder(*arguments, **named):
        drawn[name].append(function(*arguments, **named))
        return drawn[name][-1]
    return recorder


np.random.choice = recording("index", np.random.choice)
np.random.uniform = recording("alpha", np.random.uniform)
torch.manual_seed(2)
initializers = []
for name, network, shape in (("classifier", Classifier(), (3, 16, 12)), ("table", table(), (9,))):
    model = onnx.load(HERE / f"{name}.onnx")
    weights = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in model.graph.initializer}
    print(name, network.load_state_dict(weights, strict=False))
    network.eval()
    image, baselines = torch.rand(1, *shape), torch.rand(4, *shape)
    scores = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: image.numpy()})[0]
    np.testing.assert_allclose(network(image).detach().numpy(), scores, rtol=1e-4, atol=1e-5)
    drawn["index"].clear(), drawn["alpha"].clear()
    values = shap.GradientExplainer(network, baselines).shap_values(image, nsamples=SAMPLES, rseed=3)
    index, alpha = np.array(drawn["index"]).reshape(-1, SAMPLES), np.array(drawn["alpha"]).reshape(-1, SAMPLES)
    assert (index == index[0]).all() and (alpha == alpha[0]).all()
    attribution = np.moveaxis(values, -1, 0)[:, 0]
    print(name, attribution.shape, "sums", attribution.reshape(5, -1).sum(1))
    for key, value in (("image", image.numpy()), ("baselines", baselines.numpy()), ("index", index[0].astype(np.int64)),
                       ("alpha", alpha[0].astype(np.float32)), ("attribution", attribution.astype(np.float32))):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{name}_{key}"))
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "shap_vectors.onnx")
