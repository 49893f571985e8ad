"""ROC AUC of scikit-learn's classifiers on the test rows of a table, for comparison with hone train and evaluate.

    tables.py TABLE.csv TARGET

The table has a column "split" of train and test. Categories are one-hot and numbers standardized, missing ones replaced by
the mean with an indicator, for MLPClassifier and LogisticRegression; HistGradientBoostingClassifier takes them as they are.
Needs scikit-learn and pandas. Two threads: OMP_NUM_THREADS=2.
"""
import sys, time, warnings
import pandas
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
table = pandas.read_csv(sys.argv[1], keep_default_na=False, na_values=[""])
target = table.pop(sys.argv[2])
target = (target == sorted(target.unique())[1]).astype(int)
test = table.pop("split") == "test"
numbers = [c for c in table if pandas.api.types.is_numeric_dtype(table[c])]
categories = [c for c in table if c not in numbers]
table[categories] = table[categories].astype("category")
dense = make_column_transformer(
    (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
    (OneHotEncoder(handle_unknown="ignore"), categories),
)
SEEDS = range(3)
for name, make in {
    "LogisticRegression": lambda s: make_pipeline(dense, LogisticRegression(max_iter=2000)),
    "MLPClassifier": lambda s: make_pipeline(dense, MLPClassifier(random_state=s)),
    "MLPClassifier, early stopping": lambda s: make_pipeline(dense, MLPClassifier(random_state=s, early_stopping=True)),
    "RandomForestClassifier, 500": lambda s: make_pipeline(dense, RandomForestClassifier(500, random_state=s, n_jobs=2)),
    "HistGradientBoostingClassifier": lambda s: HistGradientBoostingClassifier(random_state=s),
    "HistGradientBoostingClassifier, early stopping":
        lambda s: HistGradientBoostingClassifier(random_state=s, early_stopping=True),
}.items():
    start, areas = time.time(), []
    for seed in SEEDS:
        model = make(seed).fit(table[~test], target[~test])
        areas.append(roc_auc_score(target[test], model.predict_proba(table[test])[:, 1]))
    print(f"{name:48s} AUC {' '.join(f'{a:.4f}' for a in areas)}  {(time.time() - start) / len(areas):5.1f} s", flush=True)
