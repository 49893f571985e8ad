"""A classifier as the converters of scikit-learn write it, and what ONNX Runtime gives for some rows.

python zipped.py writes zipped.onnx (a tree over two of three columns, its probabilities behind a ZipMap with names) and
zipped.csv (three numbers, the most probable class, its probability).
"""
import csv

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

tree = helper.make_node(
    "TreeEnsembleClassifier", ["x"], ["label", "probs"], domain="ai.onnx.ml",
    classlabels_strings=["bad", "good", "=odd"], post_transform="NONE",
    nodes_treeids=[0] * 5, nodes_nodeids=[0, 1, 2, 3, 4], nodes_featureids=[0, 0, 2, 0, 0],
    nodes_values=[0.5, 0.0, -1.0, 0.0, 0.0], nodes_modes=["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"],
    nodes_truenodeids=[1, 0, 3, 0, 0], nodes_falsenodeids=[2, 0, 4, 0, 0], nodes_hitrates=[1.0] * 5,
    nodes_missing_value_tracks_true=[0] * 5,
    class_treeids=[0] * 9, class_nodeids=[1, 1, 1, 3, 3, 3, 4, 4, 4], class_ids=[0, 1, 2] * 3,
    class_weights=[0.7, 0.2, 0.1, 0.15, 0.8, 0.05, 0.25, 0.3, 0.45])
zipped = helper.make_node("ZipMap", ["probs"], ["p"], domain="ai.onnx.ml", classlabels_strings=["bad", "good", "=odd"])
maps = helper.make_sequence_type_proto(
    helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, [])))
graph = helper.make_graph(
    [tree, zipped], "tree", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])],
    [helper.make_tensor_value_info("label", TensorProto.STRING, ["N"]), helper.make_value_info("p", maps)])
model = helper.make_model(
    graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("", 15)], ir_version=8)
onnx.save(model, "zipped.onnx")

rows = np.random.default_rng(1).normal(size=(12, 3)).astype(np.float32).round(2)
maps = onnxruntime.InferenceSession("zipped.onnx").run(["p"], {"x": rows})[0]
with open("zipped.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["a", "b", "c", "class", "probability"])
    for row, each in zip(rows, maps):
        best = max(each, key=each.get)
        writer.writerow([*(f"{v:.2f}" for v in row), best, f"{each[best]:.6f}"])
