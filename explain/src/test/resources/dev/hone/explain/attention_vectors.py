"""Makes attention.onnx, a small network of torch.nn.MultiheadAttention whose export multiplies matrices over [N * heads,T,T],
and attention_vectors.onnx, an input and its attention rollout by the weights that PyTorch returns, beside this file.

Needs torch, onnx and numpy. The vectors are initializers of a model without nodes.
"""
import pathlib
import numpy as np, onnx, torch
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
torch.manual_seed(5)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Linear(4, 8)
        self.layers = torch.nn.ModuleList(torch.nn.MultiheadAttention(8, 2, batch_first=True) for _ in range(2))
        self.head = torch.nn.Linear(8, 3)

    def forward(self, x, kept=None):
        x = self.embed(x)
        for layer in self.layers:
            # The weights are asked for: without them PyTorch takes another way, whose export has [N,heads,T,T].
            y, weights = layer(x, x, x, need_weights=True)
            if kept is not None:
                kept.append(weights)
            x = x + y
        return self.head(x.mean(1))


network = Network().eval()
for layer in network.layers:
    # As initialized, all steps attend to all others alike.
    layer.in_proj_weight.data *= 4
x = torch.randn(1, 5, 4)
torch.onnx.export(network, (x,), HERE / "attention.onnx", dynamo=False, opset_version=17, input_names=["x"],
                  output_names=["scores"], dynamic_axes={"x": {0: "N"}})
kept = []
network(x, kept)
rollout = torch.eye(5)
for weights in kept:
    rollout = (weights[0] + torch.eye(5)) / 2 @ rollout
vectors = {"x": x, "attention_rollout": rollout.mean(0).detach()}
initializers = [numpy_helper.from_array(v.numpy().astype(np.float32), k) for k, v in vectors.items()]
graph = helper.make_graph([], "vectors", [], [], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), HERE / "attention_vectors.onnx")
