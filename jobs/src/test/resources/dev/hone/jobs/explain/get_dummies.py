"""Writes dummies.csv, and what pandas.get_dummies makes of it: encoded.csv, first.csv (drop_first). Needs pandas 3."""

import pathlib

import pandas as pd

here = pathlib.Path(__file__).parent
(here / "dummies.csv").write_text(
    "home,age,insured,note\nrent,20,True,b\nown,40.5,False,\nflat,60,True,a\nrent,33,False,b\n"
)
table = pd.read_csv(here / "dummies.csv")
for name, dropped in (("encoded", False), ("first", True)):
    pd.get_dummies(table, drop_first=dropped).astype("float32").to_csv(here / f"{name}.csv", index=False)
