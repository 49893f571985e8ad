"""Feature maps of the known trunks by ONNX Runtime in Python, for BackbonesTest.

Usage: python features.py ch_PP-OCRv4_det_infer.onnx openimages-mobilenetv2.onnx > features.txt
The second file is one that takes pixels from 0 to 255. Each line: trunk, colour, map, its size, then mean and deviation of
its first six channels and six of its values.
"""
import sys
import numpy as np, onnx, onnxruntime

H, W = 64, 96
i, j = np.mgrid[0:H, 0:W]
gray = ((37 * i + 11 * j + (i * j) // 7) % 256).astype(np.float32)
rgb = np.stack([gray, 255 - gray, (gray * 3) % 256])

def run(path, x, names):
    model = onnx.load(path)
    del model.graph.output[:]
    for name in names:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(names, {model.graph.input[0].name: x[None]})

def show(trunk, color, names, outputs):
    for name, y in zip(names, outputs):
        y = y[0].astype(np.float64)
        flat = y.reshape(-1)
        numbers = list(y[:6].mean((1, 2))) + list(y[:6].std((1, 2))) + [flat[k * (len(flat) - 1) // 5] for k in range(6)]
        print(trunk, color, name, "x".join(map(str, y.shape)), " ".join("%.7g" % v for v in numbers))

for color, image in (("gray", np.stack([gray] * 3)), ("rgb", rgb)):
    # PaddleOCR reads images with blue first and normalizes the channels in that order.
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    x = ((image[::-1] / 255 - mean[:, None, None]) / std[:, None, None]).astype(np.float32)
    names = ["conv2d_453.tmp_0", "conv2d_455.tmp_0", "conv2d_460.tmp_0", "conv2d_468.tmp_0"]
    show("ppocr-det", color, names, run(sys.argv[1], x, names))
    names = ["t11r", "t22r", "t48r", "t62r"]
    show("openimages-mobilenetv2", color, names, run(sys.argv[2], image.astype(np.float32), names))
