"""Makes the small models of these tests with ONNX's own helpers: python make.py (needs onnx and numpy)."""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def save(name, nodes, inputs, outputs, constants):
    graph = helper.make_graph(
        nodes, name, inputs, outputs, [numpy_helper.from_array(v, k) for k, v in constants.items()]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    model.metadata_props.add(key="labels", value="good,bad")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


value = helper.make_tensor_value_info

# y = x W + b with W = [[1, 2], [3, 4], [5, 6]], b = [10, 20]; best = argmax(y)
save(
    "linear",
    [
        helper.make_node("Gemm", ["x", "w", "b"], ["y"]),
        helper.make_node("ArgMax", ["y"], ["best"], axis=1, keepdims=0),
    ],
    [value("x", TensorProto.FLOAT, ["N", 3])],
    [value("y", TensorProto.FLOAT, ["N", 2]), value("best", TensorProto.INT64, ["N"])],
    {"w": np.arange(1, 7, dtype=np.float32).reshape(3, 2), "b": np.array([10, 20], np.float32)},
)

# Two convolutions of 16 channels: something with intermediate results worth measuring.
rng = np.random.default_rng(1)
save(
    "convolutions",
    [
        helper.make_node("Conv", ["x", "w1"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["r"]),
        helper.make_node("Conv", ["r", "w2"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["c"], ["y"]),
    ],
    [value("x", TensorProto.FLOAT, ["N", 3, "H", "W"])],
    [value("y", TensorProto.FLOAT, ["N", 16, 1, 1])],
    {
        "w1": (rng.standard_normal((16, 3, 3, 3)) * 0.2).astype(np.float32),
        "w2": (rng.standard_normal((16, 16, 3, 3)) * 0.1).astype(np.float32),
    },
)

# One node per element type that a model may take: float -> type, as the output of a Cast.
types = ["FLOAT", "DOUBLE", "INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL", "FLOAT16", "BFLOAT16", "UINT16", "UINT32"]
save(
    "types",
    [helper.make_node("Cast", ["x"], [t.lower()], to=getattr(TensorProto, t)) for t in types],
    [value("x", TensorProto.FLOAT, ["N"])],
    [value(t.lower(), getattr(TensorProto, t), ["N"]) for t in types],
    {},
)
