"""Makes vectors.npz: small TFLite models, inputs, and what TFLite's own interpreter makes of them.

    npm install @tensorflow/tfjs-tflite@0.0.1-alpha.10
    python tflite_vectors.py node_modules/@tensorflow/tfjs-tflite/wasm [CASE...]

needs flatbuffers and numpy. Arrays are named CASE/model, CASE/inI and CASE/outI, in the interpreter's order of axes; of an output
of integers that stand for numbers CASE/stepI has scale and zero point.
"""
import io, json, os, subprocess, sys, tempfile, zipfile
import numpy as np
from tflite_builder import Model, described, NONE, RELU, RELU6, SAME
from tflite_operators import (CASES, RNG, add_convolutions, add_elementwise, add_layouts, add_pools, add_products, add_resizes,
                              add_selections, conv, depthwise, ints, simple, weights)


def quantized(array, bits=8, signed=True, axis=None):
    """int8 per channel (symmetric) or uint8 for the tensor, as converters make them of weights."""
    if axis is None:
        low, high = min(0, array.min()), max(0, array.max())
        scale = np.float32((high - low) / 255)
        zero = int(round(-low / scale))
        return np.clip(np.round(array / scale) + zero, 0, 255).astype(np.uint8), scale, zero
    others = tuple(i for i in range(array.ndim) if i != axis)
    scale = np.maximum(np.abs(array).max(others), 1e-6).astype(np.float32) / 127
    shape = [1] * array.ndim
    shape[axis] = -1
    return np.clip(np.round(array / scale.reshape(shape)), -127, 127).astype(np.int8), scale, np.zeros(len(scale), np.int64)


def network(kind):
    """A small network of the MobileNetV2 kind: float, float16 weights, int8 per channel, or uint8."""
    integer = kind in ("int8", "uint8")
    activation = dict(int8=np.int8, uint8=np.uint8).get(kind, np.float32)
    shift = -128 if kind == "int8" else 0

    def build(m):
        def out(shape, scale, zero):
            return (shape, activation, scale, zero + shift) if integer else (shape,)

        def layer(name, x, in_scale, w, options, made, axis=0):
            bias = (RNG.normal(0, .2, made[0][-1])).astype(np.float32)
            if not integer:
                if kind == "float16":
                    w, bias = [m.op("DEQUANTIZE", [m.constant(a.astype(np.float16))], (a.shape,)) for a in (w, bias)]
                    return m.op(name, [x, w, bias], made, options=options)
                return m.op(name, [x, m.constant(w), m.constant(bias)], made, options=options)
            q, scale, zero = quantized(w, axis=axis if kind == "int8" else None)
            bias_scale = np.asarray(in_scale * scale, np.float32)
            b = np.round(bias / bias_scale).astype(np.int32)
            return m.op(name, [x, m.constant(q, scale, zero, axis), m.constant(b, bias_scale, np.zeros_like(bias_scale, np.int64))],
                        made, options=options)

        s = np.float32(1 / 128)
        x = m.input(1, 16, 16, 3, dtype=activation, scale=s if integer else None, zero=128 + shift if integer else None)
        six = np.float32(6 / 255)
        y = layer("CONV_2D", x, s, weights(8, 3, 3, 3), conv(stride=(2, 2), activation=RELU6), out([1, 8, 8, 8], six, 0))
        z = layer("CONV_2D", y, six, weights(16, 1, 1, 8), conv(activation=RELU6), out([1, 8, 8, 16], six, 0))
        z = layer("DEPTHWISE_CONV_2D", z, six, weights(1, 3, 3, 16), depthwise(activation=RELU6), out([1, 8, 8, 16], six, 0), 3)
        t = np.float32(.08)
        z = layer("CONV_2D", z, six, weights(8, 1, 1, 16), conv(), out([1, 8, 8, 8], t, 128))
        z = m.op("ADD", [z, y], out([1, 8, 8, 8], np.float32(.1), 120), options=((0, "int8", NONE),))
        z = layer("DEPTHWISE_CONV_2D", z, np.float32(.1), weights(1, 3, 3, 8), depthwise(stride=(2, 2), activation=RELU6),
                  out([1, 4, 4, 8], six, 0), 3)
        z = m.op("MEAN", [z, m.constant(ints(1, 2))], out([1, 8], six, 0), options=((0, "bool", 0),))
        z = layer("FULLY_CONNECTED", z, six, weights(5, 8), ((0, "int8", NONE), (2, "bool", 0)), out([1, 5], np.float32(.06), 128))
        return m.op("SOFTMAX", [z], out([1, 5], np.float32(1 / 256), 0), options=((0, "float32", 1.),))
    return build


def add_networks():
    for kind in ("float", "float16", "int8", "uint8"):
        simple("network_" + kind, network(kind))

    def quantize(m):
        x = m.op("QUANTIZE", [m.input(1, 4, 3, 2)], ([1, 4, 3, 2], np.int8, np.float32(.02), 5))
        return m.op("DEQUANTIZE", [x], ([1, 4, 3, 2],))
    simple("quantize", quantize)

    def int16(m):
        x = m.op("QUANTIZE", [m.input(1, 4, 3, 2)], ([1, 4, 3, 2], np.int16, np.float32(1e-4), 0))
        return m.op("DEQUANTIZE", [x], ([1, 4, 3, 2],))
    simple("quantize_int16", int16)

    def dynamic(m):
        q, scale, zero = quantized(weights(4, 1, 1, 3), axis=0)
        w = m.op("DEQUANTIZE", [m.constant(q, scale, zero, 0)], ([4, 1, 1, 3],))
        return m.op("CONV_2D", [m.input(1, 4, 4, 3), w, m.constant(weights(4))], ([1, 4, 4, 4],), options=conv())
    simple("weights_int8", dynamic)
    simple("weights_float16", lambda m: m.op("FULLY_CONNECTED", [
        m.input(2, 5), m.op("DEQUANTIZE", [m.constant(weights(4, 5).astype(np.float16))], ([4, 5],)), -1], ([2, 4],), options=(
            (0, "int8", NONE), (2, "bool", 0))))

    def integer(name, inputs, fields, shape, scales):
        def build(m):
            made = [m.input(1, 4, 3, 2, dtype=np.int8, scale=np.float32(s), zero=z) for s, z in scales[:inputs]]
            return m.op(name, made, (shape, np.int8, np.float32(scales[-1][0]), scales[-1][1]), options=fields)
        return build
    simple("int8_add", integer("ADD", 2, ((0, "int8", RELU),), [1, 4, 3, 2], [(.02, 3), (.03, -7), (.025, -128)]))
    simple("int8_mul", integer("MUL", 2, ((0, "int8", NONE),), [1, 4, 3, 2], [(.02, 3), (.03, -7), (.07, 9)]))
    simple("int8_concat", integer("CONCATENATION", 2, ((0, "int32", 3), (1, "int8", NONE)), [1, 4, 3, 4], [(.02, 3), (.02, 3), (.02, 3)]))
    simple("int8_average_pool", integer("AVERAGE_POOL_2D", 1, (
        (0, "int8", SAME), (1, "int32", 2), (2, "int32", 2), (3, "int32", 2), (4, "int32", 2), (5, "int8", NONE)),
        [1, 2, 2, 2], [(.02, 3), (.02, 3)]))
    simple("int8_logistic", integer("LOGISTIC", 1, (), [1, 4, 3, 2], [(.05, 3), (1 / 256, -128)]))


def add_files():
    def sparse(m):
        w = weights(4, 6)
        w[np.abs(w) < .4] = 0
        w = m.op("DENSIFY", [m.sparse(w)], ([4, 6],))
        return m.op("FULLY_CONNECTED", [m.input(2, 6), w, m.constant(weights(4))], ([2, 4],), options=(
            (0, "int8", NONE), (2, "bool", 0)))
    simple("sparse", sparse)

    def labelled():
        m = Model()
        x = m.op("CONV_2D", [m.input(1, 8, 8, 3), m.constant(weights(4, 3, 3, 3)), m.constant(weights(4))], ([1, 4, 4, 4],),
                 options=conv(stride=(2, 2)))
        x = m.op("MEAN", [x, m.constant(ints(1, 2))], ([1, 4],), options=((0, "bool", 0),))
        m.outputs = [m.op("SOFTMAX", [x], ([1, 4],), options=((0, "float32", 1.),))]
        m.metadata = described("Four classes", "labels.txt", [127.5], [127.5])
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("other.txt", "other")
            z.writestr("labels.txt", "good\ncrack\nflux residue\nmissing\n")
        m.attached = archive.getvalue()
        return m
    CASES["labelled"] = labelled

    def unsupported():
        m = Model()
        m.outputs = [m.op("Made_Up", [m.op("SVDF", [m.op("RELU", [m.input(1, 4)], ([1, 4],))], ([1, 4],))], ([1, 4],))]
        return m
    CASES["unsupported"] = unsupported

    def detection():
        m = Model()
        x = m.input(1, 4, 4, 3)
        boxes = m.op("RESHAPE", [x, m.constant(ints(1, 12, 4))], ([1, 12, 4],), options=((0, "vector", [1, 12, 4]),))
        scores = m.op("LOGISTIC", [m.op("RESHAPE", [x, m.constant(ints(1, 12, 4))], ([1, 12, 4],), options=(
            (0, "vector", [1, 12, 4]),))], ([1, 12, 4],))
        m.tensors[boxes]["name"], m.tensors[scores]["name"] = "boxes", "scores"
        m.outputs = m.op("TFLite_Detection_PostProcess", [boxes, scores, m.constant(weights(12, 4))],
                         ([1, 10, 4],), ([1, 10],), ([1, 10],), ([1],))
        return m
    CASES["detection"] = detection


def run(wasm, model, inputs, folder):
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(folder, "model.tflite")
    with open(path, "wb") as f:
        f.write(model)
    files = []
    for i, array in enumerate(inputs):
        files.append(os.path.join(folder, "in%d.bin" % i))
        array.tofile(files[-1])
    done = subprocess.run(["node", os.path.join(here, "interpreter.js"), wasm, path, folder, *files], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-300:])
    return json.loads(done.stdout)


def main():
    wasm, wanted = sys.argv[1], sys.argv[2:]
    for add in (add_convolutions, add_elementwise, add_pools, add_products, add_layouts, add_selections, add_resizes, add_networks,
                add_files):
        add()
    arrays, failed = {}, []
    for name, make in CASES.items():
        if wanted and name not in wanted:
            continue
        m = make()
        model = m.bytes()
        inputs = []
        for t in (m.tensors[i] for i in m.inputs):
            if t["dtype"] == np.float32:
                inputs.append(RNG.uniform(-1, 1, t["shape"]).astype(np.float32))
            else:
                kind = np.iinfo(t["dtype"])
                inputs.append(RNG.integers(kind.min, kind.max + 1, t["shape"]).astype(t["dtype"]))
        arrays[name + "/model"] = np.frombuffer(model, np.uint8)
        with tempfile.TemporaryDirectory() as folder:
            try:
                run(wasm, model, inputs, folder)
            except RuntimeError as e:
                failed.append((name, str(e)))
                continue
            for i, array in enumerate(inputs):
                arrays["%s/in%d" % (name, i)] = array
            for i, index in enumerate(m.outputs):
                t = m.tensors[index]
                arrays["%s/out%d" % (name, i)] = np.fromfile(os.path.join(folder, "out%d.bin" % i), t["dtype"]).reshape(t["shape"])
                if t["scale"] is not None:
                    arrays["%s/step%d" % (name, i)] = np.asarray([t["scale"], t["zero"]], np.float32)
    for name, why in failed:
        print(name, "is not run by the interpreter:", why)
    np.savez_compressed(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.npz"), **arrays)
    print(len([n for n in arrays if n.endswith("/model")]), "cases")


if __name__ == "__main__":
    main()
