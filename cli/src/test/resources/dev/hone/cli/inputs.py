"""Writes inputs.npz of LowPrecisionTest: calibration inputs as numpy.savez writes them.

Usage: python inputs.py      (in this folder)
"""

import numpy as np

random = np.random.default_rng(1)
mixed = random.normal(size=(20, 6)) @ random.normal(size=(6, 64))
np.savez("inputs.npz", x=mixed.astype(np.float32), ids=random.integers(0, 50, size=(20, 3)))
