"""Makes calibration.csv and the two sets of values beside it: python calibration.py (needs numpy and scipy).

Everything is computed from the definitions, on the values themselves where the method allows it.
"""
import pathlib

import numpy as np
from scipy.stats import entropy

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(11)
rows = []


def quantized(x, low, high):
    """ONNX's QuantizeLinear and DequantizeLinear, unsigned bytes."""
    step = (high - low) / 255
    zero = np.rint(-low / step)
    return (np.clip(np.rint(x / step) + zero, 0, 255) - zero) * step


def divergence(x, low, high, width):
    """KL divergence of the histogram, without zeros, clipped to [low, high] from itself made even inside 256 levels."""
    x = x[x != 0]
    first, end = min(0, int(np.floor(x.min() / width))), int(np.floor(x.max() / width)) + 1
    counts = np.histogram(x, bins=np.arange(first, end + 1) * width)[0].astype(float)
    assert counts.sum() == len(x)
    a, b = max(first, int(np.floor(low / width))) - first, min(end, int(np.ceil(high / width))) - first
    inside = counts[a:b]
    p = inside.copy()
    p[0] += counts[:a].sum()
    p[-1] += counts[b:].sum()
    edges = [level * len(p) // 256 for level in range(257)]
    q = np.zeros_like(p)
    for i, j in zip(edges, edges[1:]):
        used = p[i:j] > 0
        if used.any():
            q[i:j][used] = inside[i:j].sum() / used.sum()
    p /= len(x)
    q /= inside.sum()
    used = p > 0
    return float(np.sum(p[used] * np.log(p[used] / np.maximum(q[used], 1e-4 / len(p)))))


def check_against_scipy():
    p, q = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.3, 0.4])
    assert abs(np.sum(p * np.log(p / q)) - entropy(p, q)) < 1e-12


check_against_scipy()
sets = {
    "one-sided": np.maximum(0, rng.standard_normal(6000)) ** 2,
    "two-sided": rng.laplace(0.3, 1.0, 6000),
}
for name, x in sets.items():
    x = x.astype("<f4")
    x.tofile(HERE / f"{name}.f32")
    x = x.astype(np.float64)
    for percent in (98.0, 99.25):
        cut = (100 - percent) / 200
        low, high = np.quantile(x, [cut, 1 - cut])
        rows.append((name, f"percentile {percent}", min(0, low), max(0, high), 0))
    # The best squared error on a fine grid of both ends.
    lows = np.linspace(min(0, x.min()), 0, 60)[:-1] if x.min() < 0 else [0.0]
    best = min(
        (float(np.mean((x - quantized(x, low, high)) ** 2)), low, high)
        for low in lows
        for high in np.linspace(0, x.max(), 121)[1:]
    )
    rows.append((name, "mean squared error", best[1], best[2], best[0]))
    # The width that the histogram has after the largest magnitude m: 2^(floor(log2 m) + 1) / 2048.
    width = 2.0 ** (np.floor(np.log2(np.abs(x).max())) + 1) / 2048
    for share in (0.3, 0.6, 0.9, 1.0):
        low, high = min(0, x.min() * share), x.max() * share
        rows.append((name, "divergence", low, high, divergence(x, low, high, width)))

with open(HERE / "calibration.csv", "w") as file:
    for row in rows:
        file.write("{},{},{!r},{!r},{!r}\n".format(*row[:2], *(float(v) for v in row[2:])))
