"""Cases for tflite_vectors.py of one operator each, or of a few that belong together."""
import numpy as np
from tflite_builder import Model, NONE, RELU, RELU6, RELU_N1_TO_1, SAME, VALID

RNG = np.random.default_rng(12)
CASES = {}


def weights(*shape):
    return RNG.normal(0, .5, shape).astype(np.float32)


def ints(*values):
    return np.asarray(values, np.int32)


def conv(padding=SAME, stride=(1, 1), dilation=(1, 1), activation=NONE):
    return ((0, "int8", padding), (1, "int32", stride[1]), (2, "int32", stride[0]), (3, "int8", activation),
            (4, "int32", dilation[1]), (5, "int32", dilation[0]))


def depthwise(padding=SAME, stride=(1, 1), multiplier=1, dilation=(1, 1), activation=NONE):
    return ((0, "int8", padding), (1, "int32", stride[1]), (2, "int32", stride[0]), (3, "int32", multiplier),
            (4, "int8", activation), (5, "int32", dilation[1]), (6, "int32", dilation[0]))


def simple(name, build):
    """A case of one input and one output."""
    def make():
        m = Model()
        m.outputs = np.atleast_1d(build(m)).tolist()
        return m
    CASES[name] = make


def add_convolutions():
    def one(h, w, k, options, out, cin=3, cout=4):
        return lambda m: m.op("CONV_2D", [m.input(1, h, w, cin), m.constant(weights(cout, k[0], k[1], cin))]
                              + [m.constant(weights(cout))], (out,), options=options)
    simple("conv_same", one(7, 6, (3, 3), conv(), [1, 7, 6, 4]))
    simple("conv_same_stride_odd", one(7, 9, (3, 3), conv(stride=(2, 2)), [1, 4, 5, 4]))
    simple("conv_same_stride_even", one(8, 6, (3, 5), conv(stride=(2, 2), activation=RELU6), [1, 4, 3, 4]))
    simple("conv_same_stride_unequal", one(8, 7, (5, 2), conv(stride=(1, 3)), [1, 8, 3, 4]))
    simple("conv_valid", one(7, 6, (3, 2), conv(VALID, (2, 1), activation=RELU), [1, 3, 5, 4]))
    simple("conv_dilated", one(9, 9, (3, 3), conv(dilation=(2, 3)), [1, 9, 9, 4]))
    simple("conv_small_kernel", one(7, 7, (1, 1), conv(stride=(3, 3), activation=RELU_N1_TO_1), [1, 3, 3, 4]))

    def dw(h, w, k, options, out, multiplier=1):
        return lambda m: m.op("DEPTHWISE_CONV_2D", [m.input(1, h, w, 3), m.constant(weights(1, k, k, 3 * multiplier)),
                                                    m.constant(weights(3 * multiplier))], (out,), options=options)
    simple("depthwise", dw(7, 6, 3, depthwise(), [1, 7, 6, 3]))
    simple("depthwise_stride", dw(8, 7, 3, depthwise(stride=(2, 2), activation=RELU6), [1, 4, 4, 3]))
    simple("depthwise_multiplier", dw(6, 6, 3, depthwise(VALID, multiplier=2), [1, 4, 4, 6], 2))
    simple("depthwise_dilated", dw(9, 8, 3, depthwise(dilation=(2, 2)), [1, 9, 8, 3]))

    def transposed(k, padding, stride, out):
        return lambda m: m.op("TRANSPOSE_CONV", [m.constant(ints(*out)), m.constant(weights(out[3], k, k, 3)), m.input(1, 4, 5, 3)],
                              (out,), options=((0, "int8", padding), (1, "int32", stride), (2, "int32", stride)))
    simple("transpose_conv_2", transposed(2, SAME, 2, [1, 8, 10, 2]))
    simple("transpose_conv_3", transposed(3, SAME, 2, [1, 8, 10, 2]))
    simple("transpose_conv_3_odd", transposed(3, SAME, 2, [1, 7, 9, 2]))
    simple("transpose_conv_4_valid", transposed(4, VALID, 2, [1, 10, 12, 2]))
    simple("transpose_conv_1", transposed(1, SAME, 2, [1, 8, 10, 2]))

    def atrous(pads, crops, out, depth):
        def build(m):
            x = m.input(1, 9, 8, 3)
            h, w = (9 + pads[0][0] + pads[0][1]) // 2, (8 + pads[1][0] + pads[1][1]) // 2
            x = m.op("SPACE_TO_BATCH_ND", [x, m.constant(ints(2, 2)), m.constant(np.asarray(pads, np.int32))], ([4, h, w, 3],))
            if depth:
                x = m.op("DEPTHWISE_CONV_2D", [x, m.constant(weights(1, 3, 3, 3)), m.constant(weights(3))], ([4, h - 2, w - 2, 3],),
                         options=depthwise(VALID, activation=RELU))
            else:
                x = m.op("CONV_2D", [x, m.constant(weights(3, 3, 3, 3)), m.constant(weights(3))], ([4, h - 2, w - 2, 3],),
                         options=conv(VALID, activation=RELU))
            return m.op("BATCH_TO_SPACE_ND", [x, m.constant(ints(2, 2)), m.constant(np.asarray(crops, np.int32))], (out,))
        return build
    simple("atrous", atrous([[2, 3], [2, 2]], [[0, 1], [0, 0]], [1, 9, 8, 3], False))
    simple("atrous_depthwise", atrous([[2, 3], [2, 2]], [[0, 1], [0, 0]], [1, 9, 8, 3], True))
    simple("space_to_batch", lambda m: m.op(
        "SPACE_TO_BATCH_ND", [m.input(1, 5, 4, 2), m.constant(ints(2, 2)), m.constant(np.asarray([[1, 0], [0, 2]], np.int32))],
        ([4, 3, 3, 2],)))
    simple("batch_to_space", lambda m: m.op(
        "BATCH_TO_SPACE_ND", [m.input(4, 3, 3, 2), m.constant(ints(2, 2)), m.constant(np.asarray([[1, 0], [0, 2]], np.int32))],
        ([1, 5, 4, 2],)))


def image(m, h=5, w=4, c=3):
    """An image that comes of a convolution, so that it is there as one."""
    return m.op("CONV_2D", [m.input(1, h, w, c), m.constant(weights(c, 1, 1, c)), m.constant(weights(c))], ([1, h, w, c],), options=conv())


def add_elementwise():
    for name, field in (("ADD", 0), ("SUB", 0), ("MUL", 0), ("DIV", 0)):
        for what, other in (("channels", weights(3) + 3), ("scalar", np.float32(2.5)), ("row", weights(4, 1)),
                            ("full", weights(1, 1, 1, 3) + 3)):
            simple("%s_%s" % (name.lower(), what), lambda m, name=name, other=other: m.op(
                name, [image(m), m.constant(np.asarray(other))], ([1, 5, 4, 3],), options=((field, "int8", RELU6),)))
    simple("add_images", lambda m: m.op("ADD", [image(m), image(m)], ([1, 5, 4, 3],), options=((0, "int8", RELU),)))
    simple("add_image_and_vector", lambda m: m.op("ADD", [image(m), m.input(3)], ([1, 5, 4, 3],), options=((0, "int8", NONE),)))
    simple("add_vectors", lambda m: m.op("ADD", [m.input(2, 3), m.constant(weights(3))], ([2, 3],), options=((0, "int8", NONE),)))
    for name in ("ABS", "CEIL", "COS", "EXP", "FLOOR", "NEG", "ROUND", "SIN", "SQUARE", "RELU", "RELU6", "RELU_N1_TO_1", "LOGISTIC",
                 "TANH", "ELU", "HARD_SWISH"):
        simple(name.lower(), lambda m, name=name: m.op(name, [image(m)], ([1, 5, 4, 3],)))
    for name in ("LOG", "SQRT", "RSQRT"):
        simple(name.lower(), lambda m, name=name: m.op(name, [m.op("ABS", [image(m)], ([1, 5, 4, 3],))], ([1, 5, 4, 3],)))
    for name in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV"):
        simple(name.lower(), lambda m, name=name: m.op(name, [image(m), m.constant(weights(3) + 2)], ([1, 5, 4, 3],)))
    simple("pow", lambda m: m.op("POW", [m.op("ABS", [image(m)], ([1, 5, 4, 3],)), m.constant(np.float32(1.7))], ([1, 5, 4, 3],)))
    simple("leaky_relu", lambda m: m.op("LEAKY_RELU", [image(m)], ([1, 5, 4, 3],), options=((0, "float32", .2),)))
    simple("gelu", lambda m: m.op("GELU", [image(m)], ([1, 5, 4, 3],), options=((0, "bool", 0),)))
    simple("prelu", lambda m: m.op("PRELU", [image(m), m.constant(weights(1, 1, 3))], ([1, 5, 4, 3],)))
    simple("softmax_image", lambda m: m.op("SOFTMAX", [image(m)], ([1, 5, 4, 3],), options=((0, "float32", 1.),)))
    simple("softmax_beta", lambda m: m.op("SOFTMAX", [m.input(2, 5)], ([2, 5],), options=((0, "float32", .5),)))
    simple("log_softmax", lambda m: m.op("LOG_SOFTMAX", [m.input(2, 5)], ([2, 5],)))
    simple("add_n", lambda m: m.op("ADD_N", [image(m), image(m), image(m)], ([1, 5, 4, 3],)))
    simple("select", lambda m: m.op("SELECT_V2", [
        m.op("LESS", [image(m), m.constant(np.float32(0))], ([1, 5, 4, 3], np.bool_)), image(m), m.constant(weights(3))],
        ([1, 5, 4, 3],)))
    def selected(condition, m):
        return m.op("SELECT_V2", [condition, image(m), m.constant(weights(3))], ([1, 5, 4, 3],))

    def compared(name, m):
        rounded = m.op("ROUND", [image(m)], ([1, 5, 4, 3],))
        return m.op(name, [rounded, m.constant(np.float32([0, 1, -1]))], ([1, 5, 4, 3], np.bool_))
    for name in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS_EQUAL"):
        simple(name.lower(), lambda m, name=name: selected(compared(name, m), m))
    for name in ("LOGICAL_AND", "LOGICAL_OR"):
        simple(name.lower(), lambda m, name=name: selected(m.op(
            name, [compared("GREATER", m), compared("LESS", m)], ([1, 5, 4, 3], np.bool_)), m))
    simple("logical_not", lambda m: selected(m.op("LOGICAL_NOT", [compared("LESS", m)], ([1, 5, 4, 3], np.bool_)), m))
    simple("select_same", lambda m: m.op("SELECT", [compared("LESS", m), image(m), image(m)], ([1, 5, 4, 3],)))
    for name in ("SIGN", "ZEROS_LIKE", "RELU_0_TO_1"):
        simple(name.lower(), lambda m, name=name: m.op(name, [image(m)], ([1, 5, 4, 3],)))
    simple("cast", lambda m: m.op("CAST", [m.op(
        "CAST", [m.op("MUL", [image(m), m.constant(np.float32(9))], ([1, 5, 4, 3],), options=((0, "int8", NONE),))],
        ([1, 5, 4, 3], np.int32), options=((0, "int8", 0), (1, "int8", 2)))], ([1, 5, 4, 3],), options=((0, "int8", 2), (1, "int8", 0))))


def add_pools():
    def pool(name, padding, k, stride, out, h=7, w=6):
        return lambda m: m.op(name, [m.input(1, h, w, 3)], (out,), options=(
            (0, "int8", padding), (1, "int32", stride), (2, "int32", stride), (3, "int32", k[1]), (4, "int32", k[0]),
            (5, "int8", NONE)))
    simple("average_pool_same", pool("AVERAGE_POOL_2D", SAME, (3, 2), 2, [1, 4, 3, 3]))
    simple("average_pool_valid", pool("AVERAGE_POOL_2D", VALID, (7, 6), 1, [1, 1, 1, 3]))
    simple("max_pool_same", pool("MAX_POOL_2D", SAME, (3, 3), 2, [1, 4, 3, 3]))
    simple("max_pool_valid", pool("MAX_POOL_2D", VALID, (2, 2), 2, [1, 3, 3, 3]))
    for name in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"):
        simple(name.lower(), lambda m, name=name: m.op(
            name, [image(m), m.constant(ints(1, 2))], ([1, 3],), options=((0, "bool", 0),)))
    simple("mean_keep", lambda m: m.op("MEAN", [image(m), m.constant(ints(2, 1))], ([1, 1, 1, 3],), options=((0, "bool", 1),)))
    simple("mean_channels", lambda m: m.op("MEAN", [image(m), m.constant(ints(-1))], ([1, 5, 4],), options=((0, "bool", 0),)))
    simple("mean_height", lambda m: m.op("MEAN", [image(m), m.constant(ints(1))], ([1, 4, 3],), options=((0, "bool", 0),)))
    simple("arg_max", lambda m: m.op("ARG_MAX", [image(m), m.constant(ints(3))], ([1, 5, 4], np.int32), options=((0, "int8", 2),)))
    simple("arg_min_rows", lambda m: m.op(
        "ARG_MIN", [image(m), m.constant(ints(1))], ([1, 4, 3], np.int32), options=((0, "int8", 2),)))
    simple("l2_normalization", lambda m: m.op("L2_NORMALIZATION", [image(m)], ([1, 5, 4, 3],), options=((0, "int8", NONE),)))
    simple("local_response", lambda m: m.op("LOCAL_RESPONSE_NORMALIZATION", [image(m, 3, 3, 7)], ([1, 3, 3, 7],), options=(
        (0, "int32", 2), (1, "float32", 1.), (2, "float32", .3), (3, "float32", .75))))
    simple("cumsum", lambda m: m.op("CUMSUM", [m.input(3, 4), m.constant(ints(1))], ([3, 4],), options=(
        (0, "bool", 1), (1, "bool", 0))))


def add_products():
    def full(shape, keep, out, activation=NONE, bias=True):
        n = int(np.prod(shape[1:])) if not keep else shape[-1]
        return lambda m: m.op("FULLY_CONNECTED", [m.input(*shape), m.constant(weights(4, n)), m.constant(weights(4)) if bias else -1],
                              (out,), options=((0, "int8", activation), (2, "bool", keep)))
    simple("fully_connected", full([3, 5], 0, [3, 4], RELU))
    simple("fully_connected_no_bias", full([3, 5], 0, [3, 4], bias=False))
    simple("fully_connected_image", full([1, 3, 2, 5], 0, [1, 4]))
    simple("fully_connected_keep", full([2, 3, 5], 1, [2, 3, 4]))
    simple("flattened", lambda m: m.op("FULLY_CONNECTED", [
        m.op("RESHAPE", [image(m), m.constant(ints(1, -1))], ([1, 60],), options=((0, "vector", [1, -1]),)),
        m.constant(weights(4, 60)), m.constant(weights(4))], ([1, 4],), options=((0, "int8", NONE), (2, "bool", 0))))
    simple("batch_matmul", lambda m: m.op("BATCH_MATMUL", [m.input(2, 3, 4), m.constant(weights(2, 5, 4))], ([2, 3, 5],), options=(
        (0, "bool", 0), (1, "bool", 1))))


def add_layouts():
    simple("reshape_boxes", lambda m: m.op("RESHAPE", [image(m, 5, 4, 8), m.constant(ints(1, 40, 4))], ([1, 40, 4],),
                                           options=((0, "vector", [1, 40, 4]),)))
    simple("reshape_without_input", lambda m: m.op("RESHAPE", [image(m)], ([1, 60],), options=((0, "vector", [1, 60]),)))
    simple("reshape_to_image", lambda m: m.op("CONV_2D", [
        m.op("RESHAPE", [m.input(1, 60), m.constant(ints(1, 5, 4, 3))], ([1, 5, 4, 3],), options=((0, "vector", [1, 5, 4, 3]),)),
        m.constant(weights(2, 3, 3, 3)), m.constant(weights(2))], ([1, 5, 4, 2],), options=conv()))
    simple("reshape_computed", lambda m: computed_reshape(m))
    simple("squeeze", lambda m: m.op("SQUEEZE", [image(m, 1, 1, 6)], ([1, 6],), options=((0, "vector", [1, 2]),)))
    simple("squeeze_one", lambda m: m.op("SQUEEZE", [image(m, 5, 1, 3)], ([1, 5, 3],), options=((0, "vector", [2]),)))
    simple("expand_dims", lambda m: m.op("EXPAND_DIMS", [m.input(2, 3), m.constant(ints(1))], ([2, 1, 3],)))
    for name, perm in (("transpose", [0, 2, 1, 3]), ("transpose_to_first", [0, 3, 1, 2]), ("transpose_batch", [3, 1, 0, 2])):
        simple(name, lambda m, perm=perm: m.op(
            "TRANSPOSE", [image(m), m.constant(ints(*perm))], ([[1, 5, 4, 3][p] for p in perm],)))
    simple("transpose_first_to_last", lambda m: m.op("CONV_2D", [
        m.op("TRANSPOSE", [m.input(1, 3, 5, 4), m.constant(ints(0, 2, 3, 1))], ([1, 5, 4, 3],)),
        m.constant(weights(2, 3, 3, 3)), m.constant(weights(2))], ([1, 5, 4, 2],), options=conv()))
    for name, axis, out in (("concat", 3, [1, 5, 4, 6]), ("concat_last", -1, [1, 5, 4, 6]), ("concat_rows", 1, [1, 10, 4, 3])):
        simple(name, lambda m, axis=axis, out=out: m.op(
            "CONCATENATION", [image(m), image(m)], (out,), options=((0, "int32", axis), (1, "int8", NONE))))
    simple("concat_constant", lambda m: m.op("CONCATENATION", [image(m), m.constant(weights(1, 5, 4, 1))], ([1, 5, 4, 4],), options=(
        (0, "int32", 3), (1, "int8", NONE))))
    simple("pack", lambda m: m.op("PACK", [m.input(2, 3), m.input(2, 3)], ([2, 2, 3],), options=((0, "int32", 2), (1, "int32", 1))))
    simple("pad", lambda m: m.op("PAD", [image(m), m.constant(np.asarray([[0, 0], [1, 2], [3, 0], [0, 1]], np.int32))], ([1, 8, 7, 4],)))
    simple("padv2", lambda m: m.op("PADV2", [image(m), m.constant(np.asarray([[0, 0], [1, 2], [3, 0], [0, 1]], np.int32)),
                                             m.constant(np.asarray([-1.5], np.float32))], ([1, 8, 7, 4],)))
    for name, mode in (("mirror_pad_reflect", 0), ("mirror_pad_symmetric", 1)):
        simple(name, lambda m, mode=mode: m.op("MIRROR_PAD", [image(m), m.constant(np.asarray(
            [[0, 0], [1, 1], [1, 0], [0, 0]], np.int32))], ([1, 7, 5, 3],), options=((0, "int8", mode),)))
    simple("depth_to_space", lambda m: m.op("DEPTH_TO_SPACE", [image(m, 3, 2, 8)], ([1, 6, 4, 2],), options=((0, "int32", 2),)))
    simple("space_to_depth", lambda m: m.op("SPACE_TO_DEPTH", [image(m, 6, 4, 2)], ([1, 3, 2, 8],), options=((0, "int32", 2),)))
    simple("broadcast", lambda m: m.op("BROADCAST_TO", [m.input(3, 1), m.constant(ints(2, 3, 4))], ([2, 3, 4],)))
    simple("fill", lambda m: m.op("ADD", [m.input(2, 3), m.op(
        "FILL", [m.constant(ints(2, 3)), m.constant(np.float32(1.5))], ([2, 3],))], ([2, 3],), options=((0, "int8", NONE),)))
    simple("tile", lambda m: m.op("TILE", [m.input(2, 3), m.constant(ints(2, 3))], ([4, 9],)))


def computed_reshape(m):
    """Rows of channels, the batch taken from the shape, as converters of Keras write Flatten."""
    x = image(m)
    shape = m.op("SHAPE", [x], ([4], np.int32), options=((0, "int8", 2),))
    batch = m.op("STRIDED_SLICE", [shape, m.constant(ints(0)), m.constant(ints(1)), m.constant(ints(1))], ([], np.int32),
                 options=((4, "int32", 1),))
    target = m.op("PACK", [batch, m.constant(np.asarray(60, np.int32))], ([2], np.int32), options=((0, "int32", 2), (1, "int32", 0)))
    return m.op("RESHAPE", [x, target], ([1, 60],), options=((0, "vector", []),))


def add_selections():
    simple("slice", lambda m: m.op("SLICE", [image(m), m.constant(ints(0, 1, 0, 1)), m.constant(ints(1, 3, -1, 2))], ([1, 3, 4, 2],)))

    def strided(start, stop, strides, out, **masks):
        fields = tuple((i, "int32", masks.get(k, 0)) for i, k in enumerate(("begin", "end", "ellipsis", "new", "shrink")))
        return lambda m: m.op("STRIDED_SLICE", [image(m), m.constant(ints(*start)), m.constant(ints(*stop)), m.constant(ints(*strides))],
                              (out,), options=fields)
    simple("strided_slice", strided([0, 1, 0, 0], [1, 5, 4, 2], [1, 2, 1, 1], [1, 2, 4, 2]))
    simple("strided_slice_masks", strided([0, 1, 1, 0], [0, 0, -1, 0], [1, 1, 1, 1], [1, 4, 2, 3], begin=9, end=11))
    simple("strided_slice_reversed", strided([0, -1, 0, 0], [1, -6, 4, 3], [1, -1, 1, 1], [1, 5, 4, 3]))
    simple("strided_slice_shrink", strided([0, 2, 0, 1], [1, 3, 4, 2], [1, 1, 1, 1], [1, 4], shrink=10))
    simple("strided_slice_ellipsis", strided([0, 1], [0, 2], [1, 1], [1, 5, 4, 1], ellipsis=1))
    for name, axis, parts, out in (("split", 3, 3, [1, 5, 4, 1]), ("split_width", 2, 2, [1, 5, 2, 3])):
        simple(name, lambda m, axis=axis, parts=parts, out=out: m.op(
            "SPLIT", [m.constant(np.asarray(axis, np.int32)), image(m)], *[(out,)] * parts, options=((0, "int32", parts),)))
    simple("split_v", lambda m: m.op("SPLIT_V", [image(m), m.constant(ints(2, -1)), m.constant(np.asarray(1, np.int32))],
                                     ([1, 2, 4, 3],), ([1, 3, 4, 3],), options=((0, "int32", 2),)))
    simple("unpack", lambda m: m.op("UNPACK", [m.input(2, 3)], ([2],), ([2],), ([2],), options=((0, "int32", 3), (1, "int32", 1))))
    simple("gather", lambda m: m.op("GATHER", [image(m), m.constant(ints(2, 0, 2))], ([1, 5, 4, 3],), options=((0, "int32", 3),)))
    simple("gather_nd", lambda m: m.op("GATHER_ND", [m.input(2, 3, 4), m.constant(np.int32([[1, 2], [0, 1]]))], ([2, 4],)))
    simple("reverse", lambda m: m.op("REVERSE_V2", [image(m), m.constant(ints(2))], ([1, 5, 4, 3],)))
    simple("top_k", lambda m: m.op("TOPK_V2", [m.input(2, 6), m.constant(np.asarray(3, np.int32))], ([2, 3],), ([2, 3], np.int32)))


def add_resizes():
    for mode in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"):
        for flags, align, half in (("", 0, 0), ("_aligned", 1, 0), ("_half", 0, 1)):
            for what, size in (("up", [10, 8]), ("odd", [7, 9]), ("down", [3, 2])):
                fields = ((2, "bool", align), (3, "bool", half)) if mode == "RESIZE_BILINEAR" else ((0, "bool", align), (1, "bool", half))
                simple("%s%s_%s" % (mode.lower(), flags, what), lambda m, mode=mode, size=size, fields=fields: m.op(
                    mode, [image(m), m.constant(ints(*size))], ([1, *size, 3],), options=fields))
