"""Writes sklearn.json: heads and principal components by scikit-learn, which Hone's are compared with.

python make.py > sklearn.json     (scikit-learn 1.x, numpy)
"""

import json

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

rng = np.random.default_rng(7)


def rounded(a):
    return np.round(np.asarray(a, dtype=np.float64), 7).tolist()


def samples(sizes, width, spread):
    centers = rng.normal(size=(len(sizes), width)) * spread
    x = np.concatenate([c + rng.normal(size=(n, width)) for c, n in zip(centers, sizes)])
    y = np.repeat(np.arange(len(sizes)), sizes)
    return np.round(x, 4), y


x3, y3 = samples([30, 14, 6], 5, 0.8)
x2, y2 = samples([24, 12], 4, 0.6)
document = {"three": {"x": x3.tolist(), "y": y3.tolist()}, "two": {"x": x2.tolist(), "y": y2.tolist()}}
for name, x, y, c in (("three", x3, y3, 0.5), ("two", x2, y2, 0.5)):
    # For two classes scikit-learn penalizes one vector of weights, where two opposite ones have half its penalty.
    lr = LogisticRegression(
        C=c if name == "three" else 2 * c, class_weight="balanced", tol=1e-10, max_iter=10000
    ).fit(x, y)
    document[name]["logistic"] = {"c": c, "probabilities": rounded(lr.predict_proba(x))}
    gamma = 0.15
    svm = OneVsRestClassifier(SVC(C=2.0, gamma=gamma, class_weight="balanced", tol=1e-6)).fit(x, y)
    document[name]["svm"] = {"c": 2.0, "gamma": gamma, "decision": rounded(svm.decision_function(x))}
pca = PCA(3, svd_solver="full").fit(x3)
document["pca"] = {"components": rounded(pca.components_), "variance": rounded(pca.explained_variance_)}
print(json.dumps(document))
