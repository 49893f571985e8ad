"""Metrics of made-up evaluations by scikit-learn 1.9, SciPy 1.17 and NumPy: writes metrics.json beside itself.

Intervals: percentile bootstrap, drawn within each class; ECE: Guo et al. 2017 on scikit-learn's calibration_curve.
"""
import json
import pathlib

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binomtest, norm
from sklearn.calibration import calibration_curve
from sklearn.metrics import (average_precision_score, balanced_accuracy_score, f1_score, precision_recall_curve,
                             roc_auc_score)

BINS = 15


def made(seed, counts, sharpness, decimals):
    """Probabilities that favor the true class, rounded so that there are ties; they sum to 1 in float32 but for rounding."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(counts)), counts)
    logits = rng.normal(size=(len(truth), len(counts)))
    logits[np.arange(len(truth)), truth] += sharpness
    p = np.exp(2 * logits)
    p = np.round(p / p.sum(1, keepdims=True), decimals)
    return truth, (p / p.sum(1, keepdims=True)).astype(np.float32)


def auc(truth, p):
    if p.shape[1] == 2:
        return roc_auc_score(truth, p[:, 1])
    present = [c for c in range(p.shape[1]) if 0 < (truth == c).sum() < len(truth)]
    return float(np.mean([roc_auc_score(truth == c, p[:, c]) for c in present]))


def ece(truth, p):
    confidence = p.max(1).astype(np.float64)
    right = p.argmax(1) == truth
    accuracy, mean = calibration_curve(right, confidence, n_bins=BINS, strategy="uniform")
    where = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence)
    counts = np.bincount(where, minlength=BINS)
    counts = counts[counts > 0]
    return float((counts * np.abs(accuracy - mean)).sum() / len(truth)), [int(c) for c in counts]


def bootstrap(truth, p, draws=4000):
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(truth == c) for c in range(p.shape[1])]
    predicted = p.argmax(1)
    values = {"macroF1": [], "balancedAccuracy": [], "rocAuc": []}
    for _ in range(draws):
        i = np.concatenate([rng.choice(m, len(m)) for m in members if len(m)])
        values["macroF1"].append(f1_score(truth[i], predicted[i], average="macro", zero_division=0))
        values["balancedAccuracy"].append(balanced_accuracy_score(truth[i], predicted[i]))
        values["rocAuc"].append(auc(truth[i], p[i]))
    return {name: list(np.percentile(v, [2.5, 97.5])) for name, v in values.items()}


def evaluation(name, truth, p, good, intervals):
    defect = (1 - p[:, good]).astype(np.float32)
    precision, recall, thresholds = precision_recall_curve(truth != good, defect)
    error, counts = ece(truth, p)
    return {
        "name": name, "good": good, "truth": truth.tolist(), "probabilities": [[float(x) for x in row] for row in p],
        "rocAuc": auc(truth, p), "macroF1": f1_score(truth, p.argmax(1), average="macro", zero_division=0),
        "averagePrecision": average_precision_score(truth != good, defect),
        "averagePrecisionOfClasses": [
            average_precision_score(truth == c, p[:, c]) if (truth == c).any() else None for c in range(p.shape[1])],
        # From the highest threshold down, without the point (1, 0) that scikit-learn adds.
        "precision": precision[:-1][::-1].tolist(), "recall": recall[:-1][::-1].tolist(),
        "thresholds": [float(t) for t in thresholds[::-1]],
        "ece": error, "binCounts": counts, **({"intervals": bootstrap(truth, p)} if intervals else {})}


def newcombe(m, n):
    s = (m + n) / 2 - 1
    z = norm.ppf(0.975)
    variance = lambda t: t * (1 - t) * (1 + s * (1 - t) / (2 - t) + s * t / (1 + t)) / (m * n)
    return brentq(lambda t: (1 - t) - z * np.sqrt(variance(t)), 1e-9, 1 - 1e-9)


out = {
    "evaluations": [
        evaluation("six classes", *made(1, [24, 24, 30, 12, 20, 10], 0.9, 3), 2, True),
        evaluation("two classes with ties", *made(2, [30, 18], 0.7, 1), 0, True),
        evaluation("a class without samples", *made(3, [20, 0, 15], 1.0, 2), 0, False)],
    "wilson": [[k, n, *binomtest(k, n).proportion_ci(method="wilson")]
               for k, n in [(0, 5), (5, 5), (1, 5), (3, 60), (57, 60), (0, 1), (250, 1000)]],
    "newcombe": [[m, n, newcombe(m, n)] for m, n in [(5, 5), (3, 40), (1, 1), (100, 20)]],
}
pathlib.Path(__file__).with_name("metrics.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
