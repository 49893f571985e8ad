"""Writes stratified-group-folds.csv: data sets of classes in groups, and how evenly scikit-learn's StratifiedGroupKFold
spreads the classes of each over folds. Columns: folds, labels, groups (by sample), and the mean over classes of the
standard deviation over folds of the class's share in the fold, as published in its source (the least of six shufflings).
"""

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

rng = np.random.default_rng(12)


def unevenness(labels, test_folds, classes):
    shares = [np.bincount(labels[fold], minlength=classes) / np.bincount(labels, minlength=classes) for fold in test_folds]
    return float(np.mean(np.std(shares, axis=0)))


with open("stratified-group-folds.csv", "w") as out:
    out.write("folds,labels,groups,unevenness\n")
    for case in range(40):
        folds = int(rng.integers(2, 8))
        classes = int(rng.integers(2, 6))
        n = int(rng.integers(60, 180))
        weights = rng.dirichlet(np.full(classes, 2.0))
        size = int(rng.integers(1, 9))
        groups = np.repeat(np.arange(n), rng.integers(1, size + 1, n))[:n]
        one_class = rng.choice(classes, n, p=weights)[groups]
        mixed = rng.choice(classes, n, p=weights)
        labels = np.where(rng.random(n) < 0.2, mixed, one_class)
        labels = np.unique(labels, return_inverse=True)[1]
        classes = labels.max() + 1
        pairs = {(l, g) for l, g in zip(labels, groups)}
        if min(sum(1 for l, _ in pairs if l == c) for c in range(classes)) < folds:
            continue
        best = min(
            unevenness(labels, [t for _, t in split.split(labels, labels, groups)], classes)
            for split in [StratifiedGroupKFold(folds)]
            + [StratifiedGroupKFold(folds, shuffle=True, random_state=s) for s in range(5)])
        out.write(f"{folds},{' '.join(map(str, labels))},{' '.join(map(str, groups))},{best:.9f}\n")
