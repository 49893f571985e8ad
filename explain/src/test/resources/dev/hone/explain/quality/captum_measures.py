"""Makes captum_measures.onnx: what Captum's infidelity and sensitivity_max say of a small function, beside this file.

Needs torch, onnx, numpy and captum (0.8). The vectors are initializers of a model without nodes. The function is
f(x) = b . tanh(A x); its attribution is that of input x gradient. What Captum draws is recorded.
"""
import pathlib
import numpy as np, onnx, torch
from captum.metrics import infidelity, sensitivity_max
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
torch.manual_seed(3)
SIZE, HIDDEN, DRAWS = 12, 7, 10
A, b, x = torch.randn(HIDDEN, SIZE) / 3, torch.randn(HIDDEN), torch.rand(1, SIZE)


def f(inputs):
    return torch.tanh(inputs @ A.T) @ b


@torch.enable_grad()  # Captum measures without gradients
def gradient(inputs):
    inputs = inputs.detach().requires_grad_()
    return torch.autograd.grad(f(inputs).sum(), inputs)[0]


def input_x_gradient(inputs):
    inputs = inputs[0] if isinstance(inputs, tuple) else inputs
    return (inputs.detach() * gradient(inputs),)


drawn = {}


def perturb(inputs):
    noise = 0.3 * torch.randn(inputs.shape)
    drawn["perturbations"] = noise
    return noise, inputs - noise


def near(inputs, perturb_radius=0.02):
    inputs = inputs[0] if isinstance(inputs, tuple) else inputs
    drawn["neighbours"] = inputs + perturb_radius * (2 * torch.rand(inputs.shape) - 1)
    return drawn["neighbours"]


attribution = gradient(x)
torch.manual_seed(4)
raw = infidelity(f, perturb, x, attribution, n_perturb_samples=DRAWS, normalize=False)
torch.manual_seed(4)
scaled = infidelity(f, perturb, x, attribution, n_perturb_samples=DRAWS, normalize=True)
perturbations = drawn["perturbations"]
worst = sensitivity_max(input_x_gradient, x, perturb_func=near, n_perturb_samples=DRAWS)
neighbours = drawn["neighbours"]
assert perturbations.shape == neighbours.shape == (DRAWS, SIZE)
print("infidelity", raw.item(), "normalized", scaled.item(), "sensitivity", worst.item())

vectors = {"A": A, "b": b, "x": x[0], "gradient": attribution[0], "perturbations": perturbations,
           "neighbours": neighbours, "infidelity": raw, "normalized": scaled, "sensitivity": worst}
initializers = [numpy_helper.from_array(v.detach().numpy().astype(np.float32), n) for n, v in vectors.items()]
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "captum_measures.onnx")
