"""Makes the models of these tests with ONNX's own helpers: python make.py (needs onnx)."""
import pathlib

import onnx
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent


def save(name, nodes, flag_op):
    graph = helper.make_graph(
        nodes + [helper.make_node(flag_op, ["i", "i"], ["flag"])],
        name,
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3]),
            helper.make_tensor_value_info("i", TensorProto.INT64, ["N"]),
        ],
        [
            helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3]),
            helper.make_tensor_value_info("flag", TensorProto.INT64, ["N"]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


tanh = helper.make_node("Tanh", ["x"], ["y"])
save("tanh", [tanh], "Add")
save("tanh-by-sigmoid", [
    helper.make_node("Add", ["x", "x"], ["a"]),
    helper.make_node("Sigmoid", ["a"], ["s"]),
    helper.make_node("Add", ["s", "s"], ["t"]),
    helper.make_node("Constant", [], ["one"], value_float=1.0),
    helper.make_node("Sub", ["t", "one"], ["y"]),
], "Add")
save("tanh-doubled", [
    helper.make_node("Tanh", ["x"], ["h"]),
    helper.make_node("Add", ["h", "h"], ["y"]),
], "Add")
save("tanh-other-flag", [tanh], "Sub")
save("zeros", [helper.make_node("Sub", ["x", "x"], ["y"])], "Add")
save("not-a-number", [
    helper.make_node("Sub", ["x", "x"], ["z"]),
    helper.make_node("Div", ["z", "z"], ["y"]),
], "Add")
