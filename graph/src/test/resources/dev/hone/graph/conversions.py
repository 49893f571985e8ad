"""Writes conversions.tsv: numbers as float and what they become in other element types.

Usage: python conversions.py > conversions.tsv

Columns, bits in hexadecimal: float32, float16 (numpy), bfloat16 (torch); then, for finite numbers, the nearest int8,
uint8 and int32, ties to even, saturating (numpy).
"""

import numpy as np
import torch

random = np.random.default_rng(3)
edges = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 127.5, -128.5, 254.5, 255.5, 65504.0, 65519.996, 65520.0, -65536.0,
         2.0**-14, 2.0**-15, 2.0**-24, 2.0**-25, 2.0**-25 * 1.0001, 3 * 2.0**-26, 2.0**-26, 1e-40, 1e-45, 1 + 2.0**-11,
         1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 3 * 2.0**-8, 3.3895314e38, 3.4028235e38, 2147483648.0, -3e9, np.inf, -np.inf]
scale = np.exp2(random.integers(-30, 20, 60))
values = np.concatenate([edges, random.standard_normal(60) * scale, random.uniform(-300, 300, 40)]).astype(np.float32)
np.seterr(over="ignore")
for v in values:
    half = np.float16(v).view(np.uint16)
    brain = torch.tensor(v, dtype=torch.float32).to(torch.bfloat16).view(torch.int16).item() & 0xFFFF
    cells = [f"{v.view(np.uint32):08x}", f"{half:04x}", f"{brain:04x}"]
    if np.isfinite(v):
        rounded = np.rint(np.float64(v))
        for t in (np.int8, np.uint8, np.int32):
            info = np.iinfo(t)
            cells.append(str(int(np.clip(rounded, info.min, info.max))))
    print("\t".join(cells))
