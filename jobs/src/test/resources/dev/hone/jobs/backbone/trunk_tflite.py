"""A small TFLite detector trunk: two strided convolutions, and one behind them that is not kept.

Usage: PYTHONPATH=tflite/src/test/resources/dev/hone/tflite python trunk_tflite.py trunk.tflite
"""
import sys
import numpy as np
from tflite_builder import Model, RELU6, SAME

random = np.random.default_rng(3)
model = Model()
x = model.input(1, 32, 32, 3)
for name, i, o in (("trunk/first;trunk/first/bias", 3, 4), ("trunk/last;trunk/last/bias", 4, 6), ("head", 6, 2)):
    kernel = model.constant(random.normal(0, 0.4, (o, 3, 3, i)).astype(np.float32))
    bias = model.constant(random.normal(0, 0.4, o).astype(np.float32))
    side = model.tensors[x]["shape"][1] // 2
    x = model.op("CONV_2D", [x, kernel, bias], ((1, side, side, o),),
                 options=((0, "int8", SAME), (1, "int32", 2), (2, "int32", 2), (3, "int8", RELU6)))
    model.tensors[x]["name"] = name
model.outputs.append(x)
open(sys.argv[1], "wb").write(model.bytes())
