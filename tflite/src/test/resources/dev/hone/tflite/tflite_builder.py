"""Writes small TFLite files. Field numbers are those of TFLite's published schema."""
import flatbuffers
import numpy as np

TYPES = {np.dtype(t): i for t, i in (
    ("float32", 0), ("float16", 1), ("int32", 2), ("uint8", 3), ("int64", 4), ("bool", 6), ("int16", 7), ("int8", 9))}
CODES = dict(ADD=0, AVERAGE_POOL_2D=1, CONCATENATION=2, CONV_2D=3, DEPTHWISE_CONV_2D=4, DEPTH_TO_SPACE=5, DEQUANTIZE=6,
             FLOOR=8, FULLY_CONNECTED=9, L2_NORMALIZATION=11, LOCAL_RESPONSE_NORMALIZATION=13, LOGISTIC=14, MAX_POOL_2D=17, MUL=18,
             RELU=19, RELU_N1_TO_1=20, RELU6=21, RESHAPE=22, RESIZE_BILINEAR=23, SOFTMAX=25, SPACE_TO_DEPTH=26, TANH=28, PAD=34,
             GATHER=36, BATCH_TO_SPACE_ND=37, SPACE_TO_BATCH_ND=38, TRANSPOSE=39, MEAN=40, SUB=41, DIV=42, SQUEEZE=43,
             STRIDED_SLICE=45, EXP=47, TOPK_V2=48, SPLIT=49, LOG_SOFTMAX=50, CAST=53, PRELU=54, MAXIMUM=55, ARG_MAX=56, MINIMUM=57,
             LESS=58, NEG=59, PADV2=60, GREATER=61, SELECT=64, SLICE=65, SIN=66, TRANSPOSE_CONV=67, TILE=69, EXPAND_DIMS=70,
             LOG=73, SUM=74, SQRT=75, RSQRT=76, SHAPE=77, POW=78, ARG_MIN=79, REDUCE_MAX=82, PACK=83, UNPACK=88, REDUCE_MIN=89,
             FLOOR_DIV=90, SQUARE=92, RESIZE_NEAREST_NEIGHBOR=97, LEAKY_RELU=98, SQUARED_DIFFERENCE=99, MIRROR_PAD=100, ABS=101,
             SPLIT_V=102, CEIL=104, REVERSE_V2=105, ADD_N=106, COS=108, SVDF=27, DENSIFY=124, EQUAL=71, NOT_EQUAL=72, GREATER_EQUAL=62,
             LESS_EQUAL=63, LOGICAL_OR=84, LOGICAL_AND=86, LOGICAL_NOT=87, REDUCE_PROD=81, SIGN=158, ZEROS_LIKE=93, FILL=94,
             BROADCAST_TO=130, GATHER_ND=107, RELU_0_TO_1=152, ELU=111, QUANTIZE=114, ROUND=116, HARD_SWISH=117,
             SELECT_V2=123, BATCH_MATMUL=126, CUMSUM=128, GELU=150)
# The kind of each operator's attributes in the schema's union.
OPTIONS = dict(CONV_2D=1, DEPTHWISE_CONV_2D=2, AVERAGE_POOL_2D=5, MAX_POOL_2D=5, FULLY_CONNECTED=8, SOFTMAX=9, CONCATENATION=10,
               ADD=11, L2_NORMALIZATION=12, LOCAL_RESPONSE_NORMALIZATION=13, RESIZE_BILINEAR=15, RESHAPE=17, SPACE_TO_DEPTH=19,
               MUL=21, GATHER=23, MEAN=27, SUM=27, REDUCE_MAX=27, REDUCE_MIN=27, REDUCE_PROD=27, SUB=28, DIV=29, SQUEEZE=30, STRIDED_SLICE=32,
               SPLIT=35, CAST=37, ARG_MAX=40, TRANSPOSE_CONV=49, SHAPE=55, ARG_MIN=57, PACK=59, UNPACK=64,
               RESIZE_NEAREST_NEIGHBOR=74, LEAKY_RELU=75, MIRROR_PAD=77, SPLIT_V=79, DEPTH_TO_SPACE=94, BATCH_MATMUL=101,
               CUMSUM=102, GELU=117)
SAME, VALID = 0, 1
NONE, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 2, 3


class Model:
    """A graph under construction; tensors are numbers."""

    def __init__(self):
        self.tensors, self.operators, self.codes, self.inputs, self.outputs = [], [], [], [], []
        self.metadata, self.attached = None, b""

    def tensor(self, shape, dtype=np.float32, data=None, scale=None, zero=None, axis=0, name=None):
        self.tensors.append(dict(shape=list(shape), dtype=np.dtype(dtype), data=data, scale=scale, zero=zero, axis=axis,
                                 name=name or "t%d" % len(self.tensors)))
        return len(self.tensors) - 1

    def input(self, *shape, dtype=np.float32, scale=None, zero=None):
        t = self.tensor(shape, dtype, scale=scale, zero=zero, name="input%d" % len(self.inputs))
        self.inputs.append(t)
        return t

    def sparse(self, array):
        """A matrix of which only the elements that are not 0 are stored, row by row."""
        t = self.tensor(array.shape, array.dtype, array[array != 0])
        bounds = np.concatenate([[0], np.cumsum((array != 0).sum(1))]).astype(np.int32)
        self.tensors[t]["sparse"] = bounds, np.nonzero(array)[1].astype(np.uint8)
        return t

    def constant(self, array, scale=None, zero=None, axis=0):
        array = np.asarray(array, order="C")
        return self.tensor(array.shape, array.dtype, array, scale, zero, axis)

    def op(self, name, inputs, *outputs, options=()):
        """outputs: (shape) or (shape, dtype, scale, zero); options: (field, kind, value)"""
        made = [self.tensor(o[0], *(o[1:2] or (np.float32,)), scale=o[2] if len(o) > 2 else None, zero=o[3] if len(o) > 3 else None)
                for o in outputs]
        self.operators.append((name, list(inputs), made, options))
        return made[0] if len(made) == 1 else made

    def bytes(self):
        b = flatbuffers.Builder(1 << 16)
        buffers = [None]
        tensors = []
        for t in self.tensors:
            if t["data"] is None:
                number = 0
            else:
                number = len(buffers)
                buffers.append(t["data"].tobytes())
            quantization = None
            if t["scale"] is not None:
                scale = np.atleast_1d(np.asarray(t["scale"], np.float32))
                zero = np.zeros(len(scale), np.int64) if t["zero"] is None else np.atleast_1d(np.asarray(t["zero"], np.int64))
                quantization = table(b, (2, "vector", vector(b, scale)), (3, "vector", vector(b, zero)), (6, "int32", t["axis"]))
            sparsity = None
            if "sparse" in t:
                bounds, indices = (table(b, (0, "vector", vector(b, a))) for a in t["sparse"])
                axes = offsets(b, [table(b, (1, "int32", t["shape"][0])),
                                   table(b, (0, "int8", 1), (2, "uint8", 1), (3, "vector", bounds), (4, "uint8", 3),
                                         (5, "vector", indices))])
                sparsity = table(b, (0, "vector", vector(b, np.asarray([0, 1], np.int32))), (2, "vector", axes))
            tensors.append(table(
                b, (6, "vector", sparsity), (0, "vector", vector(b, np.asarray(t["shape"], np.int32))), (1, "int8", TYPES[t["dtype"]]),
                (2, "uint32", number), (3, "vector", b.CreateString(t["name"])), (4, "vector", quantization)))
        operators = []
        for name, inputs, outputs, options in self.operators:
            if name not in self.codes:
                self.codes.append(name)
            made = None
            if name in OPTIONS:
                made = table(b, *[(f, k, vector(b, np.asarray(v, np.int32)) if k == "vector" else v) for f, k, v in options])
            operators.append(table(
                b, (0, "uint32", self.codes.index(name)), (1, "vector", vector(b, np.asarray(inputs, np.int32))),
                (2, "vector", vector(b, np.asarray(outputs, np.int32))), (3, "uint8", OPTIONS.get(name)), (4, "vector", made)))
        graph = table(b, (0, "vector", offsets(b, tensors)), (1, "vector", vector(b, np.asarray(self.inputs, np.int32))),
                      (2, "vector", vector(b, np.asarray(self.outputs, np.int32))), (3, "vector", offsets(b, operators)))
        about = None
        if self.metadata is not None:
            buffers.append(self.metadata)
            about = offsets(b, [table(b, (0, "vector", b.CreateString("TFLITE_METADATA")), (1, "uint32", len(buffers) - 1))])
        stored = []
        for data in buffers:
            if data is None:
                stored.append(table(b))
                continue
            b.StartVector(1, len(data), 16)
            b.head -= len(data)
            b.Bytes[b.head:b.head + len(data)] = data
            stored.append(table(b, (0, "vector", b.EndVector())))
        codes = offsets(b, [table(b, (0, "int8", min(CODES[c], 127)), (2, "int32", VERSIONS.get(c, 1)), (3, "int32", CODES[c]))
                            if c in CODES else table(b, (0, "int8", 32), (1, "vector", b.CreateString(c)), (3, "int32", 32))
                            for c in self.codes])
        b.Finish(table(b, (0, "uint32", 3), (1, "vector", codes), (2, "vector", offsets(b, [graph])),
                       (3, "vector", b.CreateString("Hone's test")), (4, "vector", offsets(b, stored)), (6, "vector", about)), b"TFL3")
        return bytes(b.Output()) + self.attached


VERSIONS = dict(BROADCAST_TO=2, FULLY_CONNECTED=5, RESIZE_BILINEAR=3, RESIZE_NEAREST_NEIGHBOR=3, DEQUANTIZE=3, STRIDED_SLICE=4)


def vector(b, array):
    b.StartVector(array.itemsize, len(array), array.itemsize)
    data = array.tobytes()
    b.head -= len(data)
    b.Bytes[b.head:b.head + len(data)] = data
    return b.EndVector()


def offsets(b, made):
    b.StartVector(4, len(made), 4)
    for offset in reversed(made):
        b.PrependUOffsetTRelative(offset)
    return b.EndVector()


def table(b, *fields):
    b.StartObject(20)
    for number, kind, value in fields:
        if value is None:
            continue
        if kind == "vector":
            b.PrependUOffsetTRelativeSlot(number, value, 0)
        else:
            # A value that differs from the default is always written.
            slot = dict(int8=b.PrependInt8Slot, uint8=b.PrependUint8Slot, bool=b.PrependBoolSlot, int32=b.PrependInt32Slot,
                        uint32=b.PrependUint32Slot, float32=b.PrependFloat32Slot)[kind]
            slot(number, value, 0 if value else 1)
    return b.EndObject()


def described(name, labels, mean, deviation):
    """The metadata of a model of one input and one output, with the name of the file that has the labels."""
    b = flatbuffers.Builder(1024)
    options = table(b, (0, "vector", vector(b, np.asarray(mean, np.float32))), (1, "vector", vector(b, np.asarray(deviation, np.float32))))
    units = offsets(b, [table(b, (0, "uint8", 1), (1, "vector", options))])
    files = offsets(b, [table(b, (0, "vector", b.CreateString(labels)), (2, "int8", 2))])
    inputs = offsets(b, [table(b, (4, "vector", units))])
    outputs = offsets(b, [table(b, (6, "vector", files))])
    graphs = offsets(b, [table(b, (2, "vector", inputs), (3, "vector", outputs))])
    b.Finish(table(b, (0, "vector", b.CreateString(name)), (3, "vector", graphs), (5, "vector", b.CreateString("CC0"))), b"M001")
    return bytes(b.Output())
