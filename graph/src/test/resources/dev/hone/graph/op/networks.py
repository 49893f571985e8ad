"""Writes networks.tsv: whole networks without their weights, with the shapes that ONNX's own inference gives.

Usage: python networks.py FILE.onnx... > networks.tsv

The files are exports of torchvision's networks by ../shared/peers/export_models.py (input [N,3,224,224]); lraspp is
lraspp_mobilenet_v3_large with a dynamic batch, height and width; vit is VisionTransformer(32, 8, 2, 2, 16, 32) and swin
SwinTransformer([4, 4], 16, [2, 2], [2, 4], [4, 4]), exported the same way for 32 x 32 images. They are brought up to
opset 21; inference is strict and propagates data, with N bound to 3 and, for lraspp, H and W to 192 and 256.

Lines, fields separated by tabs: "network NAME"; "input NAME TYPE DIMS"; "constant NAME TYPE DIMS [CONTENTS]" with the
contents of small integer tensors only; "node OP INPUTS OUTPUTS ATTRIBUTES", attributes as in single_ops.tsv; "output
NAME"; "value NAME TYPE DIMS" is what was inferred.
"""

import pathlib
import sys

import onnx
from onnx import TensorProto, helper, numpy_helper, version_converter

BOUND = {"N": 3, "H": 192, "W": 256}


def kind(t):
    return TensorProto.DataType.Name(t).lower()


def contents(array):
    return ",".join(str(int(x)) for x in array.flatten())


def tensor_text(a):
    array = numpy_helper.to_array(a)
    small = array.size <= 64 and array.dtype.kind in "iu"
    if not small and array.size > 8:
        return kind(a.data_type), array.shape, None
    values = contents(array) if array.dtype.kind in "iub" else ",".join(repr(float(x)) for x in array.flatten())
    return kind(a.data_type), array.shape, values


def dims(shape):
    return ",".join(map(str, shape))


def attribute(a):
    value = helper.get_attribute_value(a)
    if isinstance(value, onnx.TensorProto):
        t, shape, values = tensor_text(value)
        return f"{a.name}:t={t}[{dims(shape)}]={values}"
    if isinstance(value, bytes):
        return f"{a.name}:s={value.decode()}"
    if isinstance(value, (int, float)):
        return f"{a.name}:{'i' if isinstance(value, int) else 'f'}={value}"
    return f"{a.name}:{'fs' if a.type == onnx.AttributeProto.FLOATS else 'is'}=" + ",".join(map(str, value))


def write(path):
    model = version_converter.convert_version(onnx.load(path), 21)
    short = {}

    def name(n):
        return short.setdefault(n, str(len(short))) if n else "-"

    print(f"network\t{path.stem}")
    for i in model.graph.input:
        t = i.type.tensor_type
        print(f"input\t{name(i.name)}\t{kind(t.elem_type)}\t" + dims(d.dim_param or d.dim_value for d in t.shape.dim))
    for c in model.graph.initializer:
        t, shape, values = tensor_text(c)
        print(f"constant\t{name(c.name)}\t{t}\t{dims(shape)}" + ("" if values is None else "\t" + values))
    for n in model.graph.node:
        if n.op_type == "Constant" and numpy_helper.to_array(n.attribute[0].t).size > 8:
            t, shape, values = tensor_text(n.attribute[0].t)
            print(f"constant\t{name(n.output[0])}\t{t}\t{dims(shape)}" + ("" if values is None else "\t" + values))
            continue
        print(f"node\t{n.op_type}\t{' '.join(map(name, n.input))}\t{' '.join(map(name, n.output))}\t"
              + "|".join(attribute(a) for a in n.attribute))
    for o in model.graph.output:
        print(f"output\t{name(o.name)}")

    for i in model.graph.input:
        for d in i.type.tensor_type.shape.dim:
            if d.dim_param:
                d.dim_value = BOUND[d.dim_param]
    for o in model.graph.output:
        o.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    for v in list(inferred.graph.value_info) + list(inferred.graph.output):
        t = v.type.tensor_type
        if t.HasField("shape"):
            sizes = ["?" if not d.HasField("dim_value") else d.dim_value for d in t.shape.dim]
            print(f"value\t{name(v.name)}\t{kind(t.elem_type)}\t{dims(sizes)}")


for file in sys.argv[1:]:
    write(pathlib.Path(file))
