"""Makes the models beside this file with the onnx package (1.23), for tests of reading and writing.

    python make_models.py
"""

import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

os.chdir(os.path.dirname(os.path.abspath(__file__)))
FLOAT = TensorProto.FLOAT


def info(name, shape=None, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def entries(**pairs):
    return [onnx.StringStringEntryProto(key=k, value=v) for k, v in pairs.items()]


def constant(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.array(values, dtype), name)


def save(name, graph, opset=21, ir=10, check=True, **fields):
    model = helper.make_model(graph, ir_version=ir, producer_name="make_models", **fields)
    del model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", opset))
    return finish(name, model, check)


def finish(name, model, check=True):
    if check:
        onnx.checker.check_model(model, full_check=True)
    with open(name + ".onnx", "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def subgraphs():
    """If whose branches read outer values; Loop that reads an outer value, with an If inside of it."""
    def branch(name, op):
        return helper.make_graph([helper.make_node(op, ["x", "w"], [op])], name, [], [info(op, ["N", 3])])

    inner = helper.make_node("If", ["cond_in"], ["step"], then_branch=helper.make_graph(
        [helper.make_node("Add", ["state_in", "chosen"], ["s"])], "deep_then", [], [info("s", None)]),
        else_branch=helper.make_graph(
            [helper.make_node("Identity", ["state_in"], ["t"])], "deep_else", [], [info("t", None)]))
    body = helper.make_graph(
        [inner, helper.make_node("Identity", ["cond_in"], ["cond_out"]),
         helper.make_node("ReduceMax", ["step"], ["largest"], keepdims=0)],
        "body", [info("i", [], TensorProto.INT64), info("cond_in", [], TensorProto.BOOL), info("state_in", ["N", 3])],
        [info("cond_out", [], TensorProto.BOOL), info("step", ["N", 3]), info("largest", [])])
    graph = helper.make_graph(
        [helper.make_node("If", ["c"], ["chosen"], then_branch=branch("then", "Add"), else_branch=branch("else", "Mul")),
         helper.make_node("Loop", ["trips", "", "x"], ["y", "maxima"], body=body)],
        "main", [info("x", ["N", 3]), info("c", [], TensorProto.BOOL)], [info("y", ["N", 3]), info("maxima", [3])],
        [constant("w", [1, 2, 3]), constant("trips", 3, np.int64)])
    save("subgraphs", graph)


def branches():
    """Branches whose values share a name, as they may: neither is inside of the other."""
    branch = {key: helper.make_graph([helper.make_node(op, ["x"], ["r"])], op, [], [info("r", [2])])
              for key, op in (("then_branch", "Exp"), ("else_branch", "Tanh"))}
    graph = helper.make_graph([helper.make_node("If", ["c"], ["y"], **branch)], "main",
                              [info("x", [2]), info("c", [], TensorProto.BOOL)], [info("y", [2])])
    save("branches", graph)


def functions():
    """A function with a required attribute and one with a default, called twice, once from another function."""
    scale = helper.make_node("Constant", [], ["factor"])
    scale.attribute.append(onnx.AttributeProto(name="value_float", ref_attr_name="factor", type=onnx.AttributeProto.FLOAT))
    elu = helper.make_node("Elu", ["scaled"], ["out"])
    elu.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="alpha", type=onnx.AttributeProto.FLOAT))
    scaled = helper.make_function(
        "my.domain", "ScaledElu", ["in"], ["out"], [scale, helper.make_node("Mul", ["in", "factor"], ["scaled"]), elu],
        [helper.make_opsetid("", 21)], attributes=["factor"],
        attribute_protos=[helper.make_attribute("alpha", 0.5)], doc_string="elu(in * factor)",
        value_info=[info("scaled")])
    scaled.metadata_props.extend(entries(kind="activation"))
    twice = helper.make_function(
        "my.domain", "Twice", ["in"], ["out"],
        [helper.make_node("ScaledElu", ["in"], ["mid"], domain="my.domain", factor=2.0),
         helper.make_node("ScaledElu", ["mid"], ["out"], domain="my.domain", factor=0.5, alpha=1.0)],
        [helper.make_opsetid("my.domain", 1)])
    graph = helper.make_graph(
        [helper.make_node("Twice", ["x"], ["h"], domain="my.domain"),
         helper.make_node("ScaledElu", ["h"], ["y"], domain="my.domain", factor=3.0)],
        "main", [info("x", ["N", 4])], [info("y", ["N", 4])])
    model = helper.make_model(graph, functions=[scaled, twice], ir_version=10,
                              opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("my.domain", 1)])
    finish("functions", model)


def external():
    """Two initializers in a file in a folder, one of them at an offset."""
    a = np.arange(12, dtype=np.float32).reshape(3, 4)
    b = np.arange(4, dtype=np.float32) - 1
    with open("weights/external.bin", "wb") as file:
        file.write(a.tobytes() + bytes(16) + b.tobytes())
    tensors = []
    for name, array, keys in (("a", a, {"length": "48"}), ("b", b, {"offset": "64", "length": "16"})):
        tensor = TensorProto(name=name, data_type=FLOAT, dims=array.shape, data_location=TensorProto.EXTERNAL)
        tensor.external_data.extend(entries(location="weights/external.bin", **keys))
        tensors.append(tensor)
    graph = helper.make_graph([helper.make_node("Gemm", ["x", "a", "b"], ["y"])], "main", [info("x", ["N", 3])],
                              [info("y", ["N", 4])], tensors)
    save("external", graph, check=False)


def element_types():
    """An initializer of every element type, once in the field for its type and once as raw data."""
    tensors = []
    for name, kind in TensorProto.DataType.items():
        if kind == TensorProto.UNDEFINED:
            continue
        if kind == TensorProto.STRING:
            tensors.append(helper.make_tensor("string_typed", kind, [2], [b"caf\xc3\xa9", b"\x00\xff"]))
            continue
        dtype = helper.tensor_dtype_to_np_dtype(kind)
        values = np.array([0, 1, 2, 1, 0, 3, 1], np.float32).astype(dtype)
        if kind not in (TensorProto.UINT2, TensorProto.BOOL, TensorProto.UINT4, TensorProto.FLOAT8E8M0):
            values[-1] = np.array(-1, np.float32).astype(dtype)
        raw = numpy_helper.from_array(values, name.lower() + "_raw")
        assert raw.data_type == kind and raw.HasField("raw_data"), name
        typed = helper.make_tensor(name.lower() + "_typed", kind, [7], values)
        assert not typed.HasField("raw_data"), name
        tensors += [typed, raw]
    graph = helper.make_graph([helper.make_node("Identity", ["float_raw"], ["y"])], "main", [], [info("y", [7])], tensors)
    save("element_types", graph, ir=13, check=False)


def sparse():
    values = constant("w", [1.5, -2, 3])
    tensor = helper.make_sparse_tensor(values, constant("w_indices", [1, 3, 5], np.int64), [2, 3])
    graph = helper.make_graph([helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)], "main", [info("x", ["N", 3])],
                              [info("y", ["N", 2])], sparse_initializer=[tensor])
    save("sparse", graph, check=False)


def everything():
    """Whatever has no place in a graph: documentation, metadata, denotations, annotations, devices, training."""
    x = info("x", ["N", None, 4])
    x.doc_string = "the image"
    x.type.denotation = "IMAGE"
    x.type.tensor_type.shape.dim[0].denotation = "DATA_BATCH"
    x.metadata_props.extend(entries(unit="counts"))
    seq = helper.make_tensor_sequence_value_info("s", FLOAT, ["N"])
    opt = helper.make_value_info("o", helper.make_optional_type_proto(helper.make_tensor_type_proto(FLOAT, [2])))
    odd = helper.make_node("Odd", ["x", "", "w"], ["h", "", "k"], name="odd", domain="com.example", overload="v2",
                           doc_string="of a domain that nobody knows", floats=[1.0, 2.5], text="caf\u00e9",
                           texts=["a", "b"], whole=-3, tensors=[constant("t", [1.0])])
    odd.attribute.append(helper.make_attribute("kind", helper.make_tensor_type_proto(FLOAT, [1])))
    odd.attribute.append(helper.make_attribute(
        "sparse", helper.make_sparse_tensor(constant("", [1.0]), constant("", [0], np.int64), [4])))
    odd.attribute[0].doc_string = "of an attribute"
    odd.metadata_props.extend(entries(namespace="net/odd"))
    odd.device_configurations.append(onnx.NodeDeviceConfigurationProto(configuration_id="two", pipeline_stage=1))
    literal = helper.make_node("Constant", [], ["l"], value=constant("named", [4.0]))
    literal.attribute[0].t.doc_string = "four"
    add = helper.make_node("Add", ["h", "l"], ["y"])
    w = constant("w", [1.0, 2.0])
    w.doc_string = "weights"
    w.metadata_props.extend(entries(layer="0"))
    h = info("h", ["N", "2*N+1", "M*N-1"])
    h.doc_string = "hidden"
    k = onnx.ValueInfoProto(name="k", doc_string="of no known type")
    graph = helper.make_graph([odd, literal, add], "main", [x, seq, opt], [info("y", None)], [w], doc_string="a graph",
                              value_info=[h, k])
    graph.metadata_props.extend(entries(part="whole"))
    graph.quantization_annotation.append(onnx.TensorAnnotation(
        tensor_name="h", quant_parameter_tensor_names=entries(SCALE_TENSOR="w")))
    model = helper.make_model(
        graph, ir_version=13, producer_name="make_models", producer_version="1", domain="com.example", model_version=7,
        doc_string="a model", opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("com.example", 3)])
    helper.set_model_props(model, {"labels": "good,bad", "threshold": "0.4"})
    step = helper.make_graph([helper.make_node("Sub", ["w", "rate"], ["w_new"])], "step", [], [info("w_new", [2])],
                             [constant("rate", 0.1)])
    model.training_info.append(onnx.TrainingInfoProto(algorithm=step, update_binding=entries(w="w_new")))
    model.configuration.append(onnx.DeviceConfigurationProto(name="two", num_devices=2, device=["a", "b"]))
    finish("everything", model, check=False)


def inputs():
    """Initializers that are listed as inputs: in IR version 3 all are, in IR version 4 those that may be overridden."""
    nodes = [helper.make_node("Mul", ["x", "scale"], ["h"]), helper.make_node("Add", ["h", "shift"], ["y"])]
    graph = helper.make_graph(nodes, "main", [info("x", [2]), info("scale", [2]), info("shift", [2])], [info("y", [2])],
                              [constant("scale", [2, 3]), constant("shift", [1, -1])])
    save("inputs_ir3", graph, opset=8, ir=3)
    del graph.input[1]
    save("inputs_ir4", graph, opset=9, ir=4)


if __name__ == "__main__":
    subgraphs()
    branches()
    functions()
    external()
    element_types()
    sparse()
    everything()
    inputs()
