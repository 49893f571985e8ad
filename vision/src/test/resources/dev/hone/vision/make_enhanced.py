"""Writes enhance_*.bin: what Pillow's enhancers make of a small RGB image [3,14,18] and a grayscale one [1,14,18], uint8.

python make_enhanced.py    (writes beside itself)
"""
import pathlib
import numpy as np
from PIL import Image, ImageEnhance

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(5)
y, x = np.mgrid[0:14, 0:18]
base = 60 + 5 * x + 4 * y + rng.integers(-25, 26, (14, 18))
rgb = np.clip(np.stack([base, base * 0.8 + 30, 255 - base], -1), 0, 255).astype(np.uint8)
gray = np.clip(base, 0, 255).astype(np.uint8)
kinds = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "color": ImageEnhance.Color,
         "sharpness": ImageEnhance.Sharpness}
(here / "enhance_rgb.bin").write_bytes(rgb.transpose(2, 0, 1).tobytes())
(here / "enhance_gray.bin").write_bytes(gray.tobytes())
for name, kind in kinds.items():
    # The factors of strength -1 and 1.
    for sign, factor in (("less", 0.7), ("more", 1.3)) if name in ("brightness", "contrast") else (("less", 0.5), ("more", 1.5)):
        out = np.asarray(kind(Image.fromarray(rgb)).enhance(factor))
        (here / f"enhance_rgb_{name}_{sign}.bin").write_bytes(out.transpose(2, 0, 1).tobytes())
        if name != "color":
            out = np.asarray(kind(Image.fromarray(gray)).enhance(factor))
            (here / f"enhance_gray_{name}_{sign}.bin").write_bytes(out.tobytes())
