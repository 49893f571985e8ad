"""Writes single_ops.tsv: nodes with the shapes that their outputs have when they are run.

Usage: python single_ops.py > single_ops.tsv

Each case runs in onnxruntime, or in onnx's reference evaluator where that has no kernel, or else goes through onnx's
shape inference alone. Where shape inference contradicts what ran, the script says so and takes what ran; as of onnx 1.23
that is MaxPool with ceil_mode and a last window that would begin beyond the input, and one-sided STFT.

A line has four fields separated by tabs: operator, inputs, attributes, outputs. A tensor is type[shape], with
=contents if they are known; - is an absent one; ? is a dimension that depends on the contents of the inputs.
"""

import sys

import numpy as np
import onnx
import onnx.reference
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPSET = 21
NEWEST = 26
LATER = {"Attention", "BitCast", "CumProd", "RMSNormalization", "RotaryEmbedding", "Swish", "TensorScatter"}
random = np.random.default_rng(7)
onnxruntime.set_default_logger_severity(4)
cases = []
CONTENTS = set("""Identity Reshape Flatten Squeeze Unsqueeze Cast CastLike Constant ConstantOfShape Shape Size Range Concat
Slice Gather Transpose Expand Add Sub Mul Div Mod Min Max Neg Abs Not And Or Equal Greater GreaterOrEqual Less LessOrEqual Where
ReduceSum ReduceProd ReduceMax ReduceMin Split""".split())
DATA_DEPENDENT = {"NonZero", "Unique", "Compress", "NonMaxSuppression"}


class T:
    """An input: its type and shape, or its contents too."""

    def __init__(self, kind, shape, contents=None):
        self.kind, self.shape, self.contents = kind, list(shape), contents

    def text(self):
        out = f"{self.kind}[{','.join(map(str, self.shape))}]"
        return out if self.contents is None else out + "=" + ",".join(number(x) for x in self.contents.flatten())


def number(x):
    return repr(float(x)) if isinstance(x, (float, np.floating)) else str(int(x))


NUMPY = {"float": np.float32, "double": np.float64, "float16": np.float16, "int64": np.int64, "int32": np.int32,
         "int8": np.int8, "uint8": np.uint8, "bool": np.bool_, "uint32": np.uint32, "uint64": np.uint64,
         "int16": np.int16, "uint16": np.uint16}
NAMES = {np.dtype(v).name: k for k, v in NUMPY.items()}


def f(*shape, kind="float"):
    return T(kind, shape)


def k(values, kind="int64"):
    a = np.array(values, dtype=NUMPY[kind])
    return T(kind, a.shape, a)


def add(op, *inputs, outputs=1, **attributes):
    domain = "com.microsoft" if op.startswith("com.microsoft.") else ""
    cases.append((domain, op.split(".")[-1], inputs, outputs, attributes))


def value(t):
    if t.contents is not None:
        return t.contents
    if t.kind == "bool":
        return random.integers(0, 2, t.shape).astype(np.bool_)
    if t.kind.startswith("float") or t.kind == "double":
        return (random.random(t.shape) * 0.9 + 0.05).astype(NUMPY[t.kind])
    return random.integers(1, 5, t.shape).astype(NUMPY[t.kind])


def attribute_text(name, v):
    if isinstance(v, onnx.TensorProto):
        a = numpy_helper.to_array(v)
        return f"{name}:t={NAMES[a.dtype.name]}[{','.join(map(str, a.shape))}]=" + ",".join(number(x) for x in a.flatten())
    if isinstance(v, str):
        return f"{name}:s={v}"
    if isinstance(v, float):
        return f"{name}:f={v!r}"
    if isinstance(v, int):
        return f"{name}:i={v}"
    kind = "fs" if any(isinstance(x, float) for x in v) else "is"
    return f"{name}:{kind}=" + ",".join(map(str, v))


def model(case, constants):
    domain, op, inputs, outputs, attributes = case
    names = [f"i{j}" if t is not None else "" for j, t in enumerate(inputs)]
    node = helper.make_node(op, names, [f"o{j}" for j in range(outputs)], domain=domain, **attributes)
    infos, initializers = [], []
    for j, t in enumerate(inputs):
        if t is None:
            continue
        if constants and t.contents is not None:
            initializers.append(numpy_helper.from_array(t.contents, names[j]))
        else:
            infos.append(helper.make_tensor_value_info(names[j], getattr(TensorProto, t.kind.upper()), t.shape))
    graph = helper.make_graph(
        [node], "case", infos, [onnx.ValueInfoProto(name=f"o{j}") for j in range(outputs)], initializers)
    schema = onnx.defs.get_schema(op, NEWEST, "") if not domain else None
    opset = schema.since_version if schema and op in LATER else OPSET
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def inferred(case):
    m = onnx.shape_inference.infer_shapes(model(case, True), check_type=True, strict_mode=True, data_prop=True)
    result = []
    for o in m.graph.output:
        t = o.type.tensor_type
        dims = None
        if t.HasField("shape"):
            dims = [d.dim_value if d.HasField("dim_value") else None for d in t.shape.dim]
        kind = TensorProto.DataType.Name(t.elem_type).lower() if t.elem_type else None
        result.append((kind, dims))
    return result


def executed(case):
    feeds = {f"i{j}": np.asarray(value(t)) for j, t in enumerate(case[2]) if t is not None}
    m = model(case, False)
    if not case[0]:
        for o, (kind, _) in zip(m.graph.output, inferred(case)):
            o.CopyFrom(helper.make_tensor_value_info(o.name, getattr(TensorProto, kind.upper()), None))
    try:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(m.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(None, feeds), "onnxruntime"
    except Exception as e:
        if case[0]:
            raise
        reason = str(e)
    try:
        return onnx.reference.ReferenceEvaluator(m).run(None, feeds), "reference"
    except Exception as e:
        print(case[1], [t and t.text() for t in case[2]], case[4], reason[:200], "|", repr(e)[:200], file=sys.stderr)
        return None, "inference"


def line(case):
    domain, op, inputs, outputs, attributes = case
    values, how = executed(case)
    guess = inferred(case) if not domain else [(None, None)] * outputs
    known = op in CONTENTS and not domain and all(t is None or t.contents is not None or op in ("Shape", "Size")
                                                  for t in inputs)
    texts = []
    for j in range(outputs):
        kind, dims = guess[j]
        if values is None:
            assert kind and dims is not None and None not in dims, (op, guess)
            texts.append(f"{kind}[{','.join(map(str, dims))}]")
            continue
        v = np.asarray(values[j])
        # The reference evaluator is free with types; the runtime and shape inference are not.
        ran = NAMES[v.dtype.name] if how == "onnxruntime" or kind is None else kind
        assert kind in (None, ran), (op, attributes, kind, ran)
        if dims is not None:
            bad = len(dims) != v.ndim or any(d is not None and d != a for d, a in zip(dims, v.shape))
            if bad:
                print("DISAGREE", op, [t and t.text() for t in inputs], attributes, dims, v.shape, file=sys.stderr)
        inverse = op == "Unique" and j == 2  # as long as the input
        shape = dims if op in DATA_DEPENDENT and dims is not None and not inverse else v.shape
        text = f"{ran}[{','.join('?' if d is None else str(d) for d in shape)}]"
        integer = v.dtype.kind in "iub" and v.size <= 64
        texts.append(text + ("=" + ",".join(number(x) for x in v.flatten()) if known and integer else ""))
    name = f"{domain}.{op}" if domain else op
    return "\t".join([name, " ".join("-" if t is None else t.text() for t in inputs),
                      "|".join(attribute_text(n, v) for n, v in sorted(attributes.items())), " ".join(texts)])


# ---- element by element

for op in """Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish
Identity IsInf IsNaN LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign
Sqrt Tan Tanh ThresholdedRelu""".split():
    add(op, f(2, 3, 4))
    add(op, f())
    add(op, f(0, 3))
add("Not", f(2, 3, kind="bool"))
add("Not", k([True, False], "bool"))
add("BitwiseNot", f(2, 3, kind="uint8"))
add("Neg", k([3, -4]))
add("Abs", k([3, -4]))
add("Identity", k([3, 4]))
add("Clip", f(2, 3), k(0.0, "float"), k(1.0, "float"))
add("Clip", f(2, 3), None, k(1.0, "float"))
for op in "Add Sub Mul Div Pow Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mean Sum Mod".split():
    extra = {"fmod": 1} if op == "Mod" else {}
    add(op, f(2, 3, 4), f(2, 3, 4), **extra)
    add(op, f(2, 1, 4), f(3, 1), **extra)
    add(op, f(), f(5), **extra)
    add(op, f(0, 3), f(1, 3), **extra)
    add(op, f(1), f(0), **extra)
for op in "Add Sub Mul Div Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mod".split():
    add(op, k([7, -7, 9]), k([2, 2, 9]))
    add(op, k(5), k([2, 7]))
    add(op, k([[1], [5]]), k([1, 2, 3]))
    add(op, k([5]), k(3))
add("Mod", k([7, -7]), k([3, 3]), fmod=1)
add("Sum", f(2, 3), f(3), f(4, 1, 1))
add("Max", f(2, 3), f(3), f(4, 1, 1))
add("Mean", f(2, 3))
add("Div", f(3, kind="int64"), k([2]))
for op in "And Or Xor".split():
    add(op, f(2, 3, kind="bool"), f(3, kind="bool"))
    add(op, k([True, False, True], "bool"), k([True, False, False], "bool"))
for op in "BitwiseAnd BitwiseOr BitwiseXor".split():
    add(op, f(2, 3, kind="int32"), f(3, kind="int32"))
add("BitShift", f(2, 3, kind="uint8"), f(3, kind="uint8"), direction="LEFT")
add("Where", f(2, 1, kind="bool"), f(3), f(4, 1, 1))
add("Where", k([True, False], "bool"), k([1, 2]), k([3, 4]))
add("Where", k([True, False], "bool"), k(1), k([3, 4]))
add("PRelu", f(2, 3, 4, 4), f(3, 1, 1))
add("PRelu", f(2, 3), f(1))
add("Cast", f(2, 3), to=TensorProto.INT64)
add("Cast", f(2, 3), to=TensorProto.FLOAT16)
add("Cast", k([2, 3], "int32"), to=TensorProto.INT64)
add("Cast", k([2, 0]), to=TensorProto.BOOL)
add("CastLike", f(2, 3), f(1, kind="double"))
add("Bernoulli", f(2, 3), dtype=TensorProto.INT64)
add("Dropout", f(2, 3), outputs=2)
add("Dropout", f(2, 3), k(0.5, "float"), k(True, "bool"), outputs=2)
add("CumSum", f(2, 3), k(1))
add("ReverseSequence", f(4, 2, 3), k([2, 4]))
add("QuantizeLinear", f(2, 3), f(), f(kind="uint8"))
add("QuantizeLinear", f(2, 3), f(3), f(3, kind="int8"), axis=1)
add("QuantizeLinear", f(2, 3), f())
add("QuantizeLinear", f(2, 3), f(), output_dtype=TensorProto.INT8)
add("DequantizeLinear", f(2, 3, kind="int8"), f())
add("DequantizeLinear", f(2, 3, kind="uint8"), f(2), f(2, kind="uint8"), axis=0)
add("DequantizeLinear", f(4, 6, kind="int8"), f(2, 6), f(2, 6, kind="int8"), axis=0, block_size=2)
add("DynamicQuantizeLinear", f(2, 3), outputs=3)
add("com.microsoft.QLinearAdd", f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(3, kind="uint8"), f(), f(kind="uint8"),
    f(), f(kind="uint8"))
add("com.microsoft.QLinearMul", f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(3, kind="uint8"), f(), f(kind="uint8"),
    f(), f(kind="uint8"))
add("com.microsoft.Gelu", f(2, 3))
add("com.microsoft.QuickGelu", f(2, 3))
add("com.microsoft.FastGelu", f(2, 3), f(3))
add("com.microsoft.BiasGelu", f(2, 3), f(3))
add("com.microsoft.QLinearSigmoid", f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(), f(kind="uint8"))
add("com.microsoft.QLinearLeakyRelu", f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(), f(kind="uint8"))
add("com.microsoft.QLinearSoftmax", f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(), f(kind="uint8"), opset=13)

add("com.microsoft.QLinearWhere", f(2, 1, kind="bool"), f(3, kind="uint8"), f(), f(kind="uint8"), f(4, 1, 1, kind="uint8"),
    f(), f(kind="uint8"), f(), f(kind="uint8"))
add("com.microsoft.QuantizeLinear", f(2, 3), f(), f(kind="uint16"))
add("com.microsoft.DequantizeLinear", f(2, 3, kind="int8"), f(3), f(3, kind="int8"), axis=1)

# ---- windows

add("Conv", f(2, 3, 8, 9), f(4, 3, 3, 3))
add("Conv", f(2, 3, 8, 9), f(4, 3, 3, 3), f(4), strides=[2, 2], pads=[1, 1, 1, 1])
add("Conv", f(2, 3, 8, 9), f(4, 3, 3, 2), strides=[2, 3], pads=[0, 1, 2, 0], dilations=[2, 1])
add("Conv", f(2, 6, 8, 9), f(6, 1, 3, 3), group=6, kernel_shape=[3, 3])
add("Conv", f(2, 4, 8, 9), f(6, 2, 3, 3), group=2)
for pad in "SAME_UPPER SAME_LOWER VALID".split():
    add("Conv", f(2, 3, 8, 9), f(4, 3, 3, 3), strides=[2, 2], auto_pad=pad)
    add("MaxPool", f(2, 3, 8, 9), kernel_shape=[3, 3], strides=[2, 2], auto_pad=pad)
    add("AveragePool", f(2, 3, 8, 9), kernel_shape=[2, 3], strides=[2, 1], auto_pad=pad)
add("Conv", f(2, 3, 12), f(4, 3, 5))
add("Conv", f(1, 2, 5, 6, 7), f(4, 2, 3, 3, 3))
add("Conv", f(0, 3, 8, 8), f(4, 3, 3, 3))
add("ConvInteger", f(1, 3, 5, 5, kind="uint8"), f(4, 3, 3, 3, kind="uint8"), pads=[1, 1, 1, 1])
add("QLinearConv", f(1, 3, 5, 5, kind="uint8"), f(), f(kind="uint8"), f(4, 3, 3, 3, kind="int8"), f(4), k([0] * 4, "int8"),
    f(), f(kind="uint8"), f(4, kind="int32"), strides=[2, 2])
add("com.microsoft.FusedConv", f(2, 3, 8, 9), f(4, 3, 3, 3), activation="Relu")
add("DeformConv", f(1, 2, 5, 5), f(3, 2, 3, 3), f(1, 18, 3, 3))
add("ConvTranspose", f(2, 3, 5, 6), f(3, 4, 3, 3))
add("ConvTranspose", f(2, 3, 5, 6), f(3, 4, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
add("ConvTranspose", f(2, 4, 5, 6), f(4, 3, 2, 3), strides=[3, 2], dilations=[1, 2], group=2)
add("ConvTranspose", f(2, 3, 5, 6), f(3, 4, 3, 3), strides=[2, 2], output_shape=[10, 12])
add("ConvTranspose", f(2, 3, 5, 6), f(3, 4, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER")
add("ConvTranspose", f(2, 3, 5), f(3, 4, 3))
for ceil in (0, 1):
    add("MaxPool", f(2, 3, 8, 9), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=ceil)
    add("MaxPool", f(2, 3, 7, 7), kernel_shape=[1, 2], strides=[2, 2], pads=[0, 0, 0, 1], ceil_mode=ceil)
    add("MaxPool", f(1, 1, 4, 4), kernel_shape=[1, 1], strides=[2, 2], ceil_mode=ceil)
    add("MaxPool", f(2, 3, 8, 9), kernel_shape=[3, 3], dilations=[2, 2], strides=[2, 2], ceil_mode=ceil, outputs=2)
    add("AveragePool", f(2, 3, 8, 9), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=ceil)
    add("AveragePool", f(2, 3, 10), kernel_shape=[3], strides=[3], ceil_mode=ceil, dilations=[2])
    add("LpPool", f(2, 3, 8, 9), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=ceil)
for op in "GlobalAveragePool GlobalMaxPool GlobalLpPool".split():
    add(op, f(2, 3, 8, 9))
    add(op, f(2, 3, 8))
add("MaxUnpool", f(1, 1, 2, 2), k([[[[5, 7], [13, 15]]]]), kernel_shape=[2, 2], strides=[2, 2])
add("MaxUnpool", f(1, 1, 2, 2), k([[[[5, 7], [13, 15]]]]), k([1, 1, 5, 5]), kernel_shape=[2, 2], strides=[2, 2])
add("Col2Im", f(1, 5, 5), k([5, 5]), k([1, 5]))
add("com.microsoft.QLinearAveragePool", f(1, 3, 6, 6, kind="uint8"), f(), f(kind="uint8"), f(), f(kind="uint8"),
    kernel_shape=[2, 2], strides=[2, 2])
add("com.microsoft.QLinearGlobalAveragePool", f(1, 3, 6, 6, kind="uint8"), f(), f(kind="uint8"), f(), f(kind="uint8"))

# ---- matrices

for a, b in [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3,)), ((5, 1, 2, 3), (6, 3, 4)),
             ((2, 3), (5, 3, 4)), ((0, 3), (3, 4))]:
    add("MatMul", f(*a), f(*b))
add("MatMulInteger", f(2, 3, kind="uint8"), f(3, 4, kind="int8"))
add("QLinearMatMul", f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(3, 4, kind="uint8"), f(), f(kind="uint8"), f(),
    f(kind="uint8"))
for ta in (0, 1):
    for tb in (0, 1):
        add("Gemm", f(*((3, 2) if ta else (2, 3))), f(*((4, 3) if tb else (3, 4))), f(4), transA=ta, transB=tb)
        add("com.microsoft.FusedMatMul", f(5, *((3, 2) if ta else (2, 3))), f(5, *((4, 3) if tb else (3, 4))), transA=ta,
            transB=tb)
add("Gemm", f(2, 3), f(3, 4))
add("Gemm", f(2, 3), f(3, 4), f(2, 1))
add("Gemm", f(2, 3), f(3, 4), f())
add("com.microsoft.FusedGemm", f(2, 3), f(3, 4), f(4), activation="Relu")
add("com.microsoft.MatMulIntegerToFloat", f(2, 3, kind="uint8"), f(3, 4, kind="uint8"), f(), f())
add("com.microsoft.DynamicQuantizeMatMul", f(5, 2, 3), f(3, 4, kind="uint8"), f())
add("com.microsoft.MatMulNBits", f(5, 2, 32), f(6, 1, 16, kind="uint8"), f(6), K=32, N=6, bits=4, block_size=32)
add("com.microsoft.GatherBlockQuantized", f(9, 16, kind="uint8"), k([[1, 2, 0]]), f(9, 1), block_size=32, bits=4)
matrices = [f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(3, 4, kind="uint8"), f(), f(kind="uint8")]
add("com.microsoft.QGemm", *matrices, f(4, kind="int32"), f(), f(kind="uint8"))
add("com.microsoft.QGemm", *matrices)
for equation, shapes in [("ij,jk->ik", [(2, 3), (3, 4)]), ("bij,bjk", [(5, 2, 3), (5, 3, 4)]), ("...ij->...ji", [(5, 2, 3)]),
                         ("ii->i", [(3, 3)]), ("i,j->", [(3,), (4,)]), ("bhqd,bhkd->bhqk", [(1, 2, 3, 4), (1, 2, 5, 4)]),
                         ("...i,...i->...", [(2, 3, 4), (2, 3, 4)])]:
    add("Einsum", *[f(*s) for s in shapes], equation=equation)
add("Det", f(5, 3, 3))
add("Det", f(3, 3))

# ---- normalization

add("BatchNormalization", f(2, 3, 4, 4), f(3), f(3), f(3), f(3))
add("BatchNormalization", f(2, 3, 4, 4), f(3), f(3), f(3), f(3), training_mode=1, outputs=3)
add("InstanceNormalization", f(2, 3, 4, 4), f(3), f(3))
add("GroupNormalization", f(2, 4, 3, 3), f(4), f(4), num_groups=2)
add("LayerNormalization", f(2, 3, 4), f(4), f(4))
add("LayerNormalization", f(2, 3, 4), f(3, 4), axis=1, outputs=3)
add("LRN", f(2, 3, 4, 4), size=3)
add("LpNormalization", f(2, 3, 4))
add("MeanVarianceNormalization", f(2, 3, 4, 4), axes=[0, 2, 3])
for op in "Softmax LogSoftmax Hardmax".split():
    add(op, f(2, 3, 4))
    add(op, f(2, 3, 4), axis=-2)
    add(op, f(0, 3))
add("com.microsoft.SkipLayerNormalization", f(2, 3, 4), f(2, 3, 4), f(4), f(4))

add("com.microsoft.SkipSimplifiedLayerNormalization", f(2, 3, 4), f(2, 3, 4), f(4))

# ---- layout

for shape, target, extra in [((2, 3, 4), [6, 4], {}), ((2, 3, 4), [0, -1], {}), ((2, 3, 4), [-1], {}), ((2, 3, 4), [4, 0, -1], {}),
                             ((0, 3), [3, 0], {"allowzero": 1}), ((0, 3), [0, 3], {}), ((1,), [], {}), ((), [1, 1], {}),
                             ((0, 3), [-1, 3], {})]:
    add("Reshape", f(*shape), k(target), **extra)
add("Reshape", k([2, 3]), k([2, 1]))
for axis in (-4, -1, 0, 1, 2, 4):
    add("Flatten", f(2, 3, 4, 5), axis=axis)
add("Flatten", f(), axis=0)
add("Flatten", f(3), axis=1)
add("Transpose", f(2, 3, 4))
add("Transpose", f(2, 3, 4), perm=[1, 2, 0])
add("Transpose", f())
add("Transpose", k([[1, 2, 3], [4, 5, 6]]))
add("Transpose", k([[[1, 2, 3], [4, 5, 6]]]), perm=[1, 0, 2])
add("Squeeze", f(1, 3, 1, 4))
add("Squeeze", f(1, 3, 1, 4), k([0]))
add("Squeeze", f(1, 3, 1, 4), k([-2, 0]))
add("Squeeze", k([4]), k([0]))
add("Unsqueeze", f(3, 4), k([0]))
add("Unsqueeze", f(3, 4), k([-1, 0]))
add("Unsqueeze", f(), k([0, 1]))
add("Unsqueeze", k(4), k([0]))
add("Expand", f(3, 1), k([2, 1, 6]))
add("Expand", f(3, 4), k([1]))
add("Expand", f(), k([2, 3]))
add("Expand", k([4]), k([3]))
add("Expand", k([[1], [2]]), k([1, 3]))
add("Tile", f(2, 3), k([2, 1]))
add("Tile", f(2, 3), k([0, 2]))
add("Concat", f(2, 3), f(2, 4), axis=1)
add("Concat", f(2, 3), f(2, 3), f(0, 3), axis=-2)
add("Concat", k([1, 2]), k([3]), axis=0)
add("Concat", k([[1, 2], [3, 4]]), k([[5], [6]]), axis=1)
add("Concat", k([[1, 2]]), k([[5, 6]]), axis=0)
add("com.microsoft.QLinearConcat", f(), f(kind="uint8"), f(2, 3, kind="uint8"), f(), f(kind="uint8"), f(2, 4, kind="uint8"),
    f(), f(kind="uint8"), axis=1)
add("Split", f(6, 4), num_outputs=2, outputs=2)
add("Split", f(7, 4), num_outputs=3, outputs=3)
add("Split", f(6, 4), k([1, 3]), axis=-1, outputs=2)
add("Split", k([1, 2, 3, 4]), k([1, 3]), outputs=2)
add("Split", k([[1, 2, 3], [4, 5, 6]]), k([1, 2]), axis=1, outputs=2)
add("Pad", f(2, 3), k([1, 0, 2, 3]))
add("Pad", f(2, 3, 4), k([1, 2]), None, k([-1]))
add("Pad", f(2, 3, 4), k([1, -1, 2, 0]), k(0.0, "float"), k([0, 2]))
add("Pad", f(2, 3, 4), k([0, 1, 1, 0, 1, 1]), mode="reflect")
add("DepthToSpace", f(1, 8, 2, 3), blocksize=2)
add("DepthToSpace", f(1, 8, 2, 3), blocksize=2, mode="CRD")
add("SpaceToDepth", f(1, 2, 4, 6), blocksize=2)
add("Trilu", f(2, 3, 4))
add("CenterCropPad", f(20, 10, 3), k([10, 9]), axes=[0, 1])
add("CenterCropPad", f(4, 4), k([5, 3]))

# ---- selection

for bounds in [([1], [3], [0], [1]), ([0, 1], [-1, 1000], [0, 2], [1, 2]), ([-1], [-1000], [1], [-1]), ([3], [1], [0], [1]),
               ([-1000], [-2], [-1], [1]), ([2], [0], [0], [-1]), ([0], [2**63 - 1], [1], [3]), ([10], [-10], [2], [-3]),
               ([0], [-2**63], [1], [-1]), ([5], [-2**63 + 1], [1], [-2])]:
    add("Slice", f(5, 6, 7), *[k(b) for b in bounds])
add("Slice", f(5, 6), k([1, 2]), k([3, 4]))
add("Slice", f(0, 6), k([1]), k([3]))
add("Slice", k([1, 2, 3, 4]), k([1]), k([3]))
add("Slice", k([[1, 2, 3], [4, 5, 6]]), k([-1, 1]), k([-1000, 3]), k([0, 1]), k([-1, 1]))
add("Slice", k([1, 2, 3, 4]), k([-1]), k([-1000]), k([0]), k([-2]))
add("Slice", k([1, 2, 3, 4]), k([1]), k([2**63 - 1]), k([0]), k([2]))
add("Gather", f(5, 6), k(1))
add("Gather", f(5, 6), k([[0, 1, 2]]), axis=1)
add("Gather", f(5, 6), k([-1]), axis=-2)
add("Gather", k([3, 4, 5]), k(-1))
add("Gather", k([3, 4, 5]), k([0, 2]))
add("Gather", k([[3, 4, 5], [6, 7, 8]]), k([[0], [-1]]), axis=1)
add("Gather", k([[3, 4, 5], [6, 7, 8]]), k(1), axis=0)
add("GatherElements", f(3, 4), k([[0, 1], [1, 2]]), axis=1)
add("GatherND", f(2, 3, 4), k([[0, 1], [1, 2]]))
add("GatherND", f(2, 3, 4), k([[1], [0]]), batch_dims=1)
add("ScatterElements", f(3, 4), k([[0, 1]]), f(1, 2))
add("ScatterND", f(4, 5), k([[0], [2]]), f(2, 5))
add("TopK", f(3, 7), k([3]), outputs=2)
add("TopK", f(3, 7), k([2]), axis=0, largest=0, outputs=2)
add("OneHot", k([0, 2, 1]), k(4), k([0.0, 1.0], "float"))
add("OneHot", k([0, 2, 1]), k([4]), k([0.0, 1.0], "float"), axis=0)
add("NonZero", f(2, 3))
add("Compress", f(3, 4), k([True, False, True], "bool"), axis=0)
add("Compress", f(3, 4), k([True, False, True], "bool"))
add("Unique", f(6), outputs=4)
add("Unique", f(3, 4), axis=1, outputs=4)

# ---- reduction

for op in """ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
ReduceSumSquare""".split():
    add(op, f(2, 3, 4))
    add(op, f(2, 3, 4), keepdims=0)
    add(op, f(2, 3, 4), k([1]))
    add(op, f(2, 3, 4), k([-1, 0]), keepdims=0)
    add(op, f(2, 3, 4), noop_with_empty_axes=1)
    add(op, f(2, 3, 4), k([]))
    add(op, f())
    if op in CONTENTS:
        add(op, k([2, 3, 4]), k([0]), keepdims=0)
        add(op, k([2, 3, 4]))
add("ReduceSum", f(0, 3), k([0]))
for op in "ArgMax ArgMin".split():
    add(op, f(2, 3, 4))
    add(op, f(2, 3, 4), axis=-1, keepdims=0)
for reduction in "mean none sum".split():
    add("SoftmaxCrossEntropyLoss", f(3, 5), k([0, 2, 4]), reduction=reduction, outputs=2)
    add("NegativeLogLikelihoodLoss", f(3, 5), k([0, 2, 4]), reduction=reduction)
add("SoftmaxCrossEntropyLoss", f(2, 5, 2), k([[0, 2], [1, 4]]), reduction="none")

# ---- making tensors

add("Constant", value=numpy_helper.from_array(np.array([[1, 2], [3, 4]], np.int32)))
add("Constant", value=numpy_helper.from_array(np.array(1.5, np.float32)))
add("Constant", value_int=3)
add("Constant", value_ints=[3, 4])
add("Constant", value_float=3.5)
add("Constant", value_floats=[3.5, 4.5])
add("ConstantOfShape", k([2, 3]))
add("ConstantOfShape", k([2]), value=numpy_helper.from_array(np.array([7], np.int64)))
add("ConstantOfShape", k([]))
add("ConstantOfShape", k([0, 2]))
add("Shape", f(2, 3, 4))
add("Shape", f(2, 3, 4), start=1)
add("Shape", f(2, 3, 4), start=-2, end=-1)
add("Shape", f(2, 3, 4), start=2, end=1)
add("Shape", f())
add("Size", f(2, 3, 4))
add("Size", f(0, 4))
add("Range", k(1), k(9), k(3))
add("Range", k(9), k(1), k(-3))
add("Range", k(9), k(1), k(1))
add("Range", k(0.0, "float"), k(1.0, "float"), k(0.3, "float"))
add("EyeLike", f(3, 4))
add("EyeLike", f(3, 4), dtype=TensorProto.INT64)
add("RandomNormal", shape=[2, 3])
add("RandomUniform", shape=[2, 3], dtype=TensorProto.DOUBLE)
add("RandomNormalLike", f(2, 3))
add("RandomUniformLike", f(2, 3), dtype=TensorProto.DOUBLE)
add("Multinomial", f(2, 5), sample_size=4)
add("Multinomial", f(2, 5), sample_size=4, dtype=TensorProto.INT64)

# ---- recurrent

for layout in (0, 1):
    x = (3, 5, 4) if layout else (5, 3, 4)
    add("LSTM", f(*x), f(1, 24, 4), f(1, 24, 6), hidden_size=6, layout=layout, outputs=3)
    add("GRU", f(*x), f(1, 18, 4), f(1, 18, 6), hidden_size=6, layout=layout, outputs=2)
    add("RNN", f(*x), f(1, 6, 4), f(1, 6, 6), hidden_size=6, layout=layout, outputs=2)
add("LSTM", f(5, 3, 4), f(2, 24, 4), f(2, 24, 6), f(2, 48), hidden_size=6, direction="bidirectional", outputs=3)
add("GRU", f(5, 3, 4), f(2, 18, 4), f(2, 18, 6), hidden_size=6, direction="bidirectional", outputs=2)

# ---- attention and other operators of later opsets

add("Attention", f(2, 3, 5, 4), f(2, 3, 6, 4), f(2, 3, 6, 7))
add("Attention", f(2, 6, 5, 4), f(2, 3, 6, 4), f(2, 3, 6, 7), None, f(2, 3, 8, 4), f(2, 3, 8, 7), outputs=4)
add("Attention", f(2, 5, 24), f(2, 6, 12), f(2, 6, 21), q_num_heads=6, kv_num_heads=3, outputs=4)
add("RotaryEmbedding", f(2, 3, 5, 4), f(2, 5, 2), f(2, 5, 2))
add("RotaryEmbedding", f(2, 5, 12), f(9, 2), f(9, 2), T("int64", [2, 5]), num_heads=3)
add("RMSNormalization", f(2, 5, 12), f(12))
add("RMSNormalization", f(2, 5, 12), f(5, 12), axis=1)
add("Swish", f(2, 5))
add("CumProd", f(2, 5), k(1))
add("TensorScatter", f(2, 3, 8, 4), f(2, 3, 2, 4), k([1, 2]))
add("BitCast", f(2, 5), to=TensorProto.INT32)

# ---- resampling, regions, signals

add("Resize", f(1, 3, 4, 5), None, k([1.0, 1.0, 2.0, 2.0], "float"))
add("Resize", f(1, 3, 4, 5), None, k([1.0, 1.0, 0.6, 0.6], "float"), mode="linear")
add("Resize", f(1, 3, 4, 5), None, None, k([1, 3, 7, 9]))
add("Resize", f(1, 3, 4, 5), None, None, k([7, 9]), axes=[2, 3])
add("Resize", f(1, 3, 4, 5), None, None, k([7, 9]), axes=[2, 3], keep_aspect_ratio_policy="not_larger")
add("Resize", f(1, 3, 4, 5), None, None, k([7, 9]), axes=[2, 3], keep_aspect_ratio_policy="not_smaller")
add("Resize", f(1, 3, 4, 5), None, k([3.0, 1.5], "float"), axes=[3, 2])
add("GridSample", f(1, 3, 4, 5), f(1, 6, 7, 2))
add("AffineGrid", f(2, 2, 3), k([2, 3, 5, 6]))
add("AffineGrid", f(2, 3, 4), k([2, 3, 4, 5, 6]))
add("RoiAlign", f(1, 3, 8, 8), f(2, 4), k([0, 0]), output_height=3, output_width=5)
add("MaxRoiPool", f(1, 3, 8, 8), f(2, 5), pooled_shape=[2, 3])
add("NonMaxSuppression", f(1, 6, 4), f(1, 2, 6), k([2]))
for op in "HannWindow HammingWindow BlackmanWindow".split():
    add(op, k(10))
    add(op, k(10), output_datatype=TensorProto.DOUBLE)
add("MelWeightMatrix", k(8), k(16), k(8192), k(0.0, "float"), k(4096.0, "float"))
add("DFT", f(1, 8, 1))
add("DFT", f(1, 8, 2), None, k(1), inverse=1)
add("DFT", f(1, 8, 1), None, k(1), onesided=1)
add("DFT", f(1, 8, 1), k(6), k(1))
add("STFT", f(1, 128, 1), k(8), f(16))
add("STFT", f(1, 128, 1), k(8), None, k(16), onesided=0)

# ---- attention of the runtime

add("com.microsoft.Attention", f(2, 3, 4), f(4, 12), f(12), num_heads=2)
add("com.microsoft.Attention", f(2, 3, 4), f(4, 14), f(14), f(2, 3, kind="int32"), num_heads=2, qkv_hidden_sizes=[4, 4, 6])
add("com.microsoft.Attention", f(2, 3, 4), f(4, 12), f(12), None, f(2, 2, 2, 5, 2), outputs=2, num_heads=2)
add("com.microsoft.MultiHeadAttention", f(2, 3, 4), f(2, 5, 4), f(2, 5, 6), num_heads=2)
add("com.microsoft.MultiHeadAttention", f(2, 3, 4), f(2, 2, 5, 2), f(2, 2, 5, 2), num_heads=2)
add("com.microsoft.MultiHeadAttention", f(2, 3, 4), f(2, 3, 4), f(2, 3, 4), None, None, None, f(2, 2, 5, 2), f(2, 2, 5, 2),
    outputs=3, num_heads=2)
add("com.microsoft.EmbedLayerNormalization", k([[1, 2, 0], [2, 1, 1]], "int32"), None, f(5, 4), f(6, 4), None, f(4), f(4),
    outputs=3)

for case in cases:
    print(line(case))
