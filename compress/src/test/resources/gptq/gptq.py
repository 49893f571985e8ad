"""Writes the vectors of GptqTest: GPTQ (Frantar et al., 2022, Algorithm 1) in plain numpy, straight from the paper: the
inverse of the Hessian and the upper factor of it are computed as they stand there, no update is put off.

Usage: python gptq.py      (in this folder)
"""

import numpy as np

K, N, ROWS, BITS, BLOCK = 176, 6, 50, 4, 32
random = np.random.default_rng(3)
x = (random.normal(size=(ROWS, K)) @ random.normal(size=(K, K)) / 8 + random.normal(size=K)).astype(np.float32)
x[:, 7] = 0  # an input that is always 0
w = random.standard_t(4, size=(N, K)).astype(np.float32) * np.float32(0.05)

products = x.astype(np.float64).T @ x.astype(np.float64)
h = products.copy()
dead = np.diag(h) == 0
h[dead, dead] = 1
h += 0.01 * np.mean(np.diag(h)) * np.eye(K)
upper = np.linalg.cholesky(np.linalg.inv(h)).T

left = w.astype(np.float64)
left[:, dead] = 0
top = 2**BITS - 1
result = np.zeros((N, K), np.float64)
for k in range(K):
    if k % BLOCK == 0:
        block = left[:, k : k + BLOCK].astype(np.float32)
        low, high = np.minimum(block.min(1), 0), np.maximum(block.max(1), 0)
        step = (high / np.float32(top) - low / np.float32(top)).astype(np.float64)
        zero = np.clip(np.rint(-low / step), 0, top)
    level = np.clip(np.rint(left[:, k] / step) + zero, 0, top)
    result[:, k] = (level - zero) * step
    error = (left[:, k] - result[:, k]) / upper[k, k]
    left[:, k + 1 :] -= error[:, None] * upper[k, k + 1 :][None]

for name, array, kind in (("weights", w, "<f4"), ("inputs", x, "<f4"), ("rounded", result, "<f8")):
    array.astype(kind).tofile(f"{name}.bin")
plain = lambda r: np.square(x @ (w - r).T).sum()
blocks = np.pad(w, ((0, 0), (0, -K % BLOCK))).reshape(N, -1, BLOCK)
low, high = np.minimum(blocks.min(2), 0)[..., None], np.maximum(blocks.max(2), 0)[..., None]
step = (high - low) / top
nearest = ((np.clip(np.rint(blocks / step) + np.rint(-low / step), 0, top) - np.rint(-low / step)) * step).reshape(N, -1)[:, :K]
print("squared error of the outputs: nearest", plain(nearest), "GPTQ", plain(result))
