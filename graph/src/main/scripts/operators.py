"""Writes src/main/resources/dev/hone/graph/op/operators.tsv: the signatures of all operators that Hone knows.

Usage: python operators.py > ../resources/dev/hone/graph/op/operators.tsv

Facts come from the schemas in the packages onnx (opset 21; operators that came later, as of the newest opset known to the
runtime) and onnxruntime (the com.microsoft operators listed below).
The format is described at the head of the file that is written.
"""

import onnx
import onnx.defs
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

OPSET = 21
NEWEST = 26
MICROSOFT = """Attention BiasGelu DequantizeLinear DynamicQuantizeMatMul EmbedLayerNormalization FastGelu FusedConv FusedGemm FusedMatMul GatherBlockQuantized Gelu
MatMulIntegerToFloat MatMulNBits MultiHeadAttention QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearGlobalAveragePool
QLinearLeakyRelu QLinearMul QLinearSigmoid QLinearSoftmax QLinearWhere QuantizeLinear QuickGelu
SkipLayerNormalization SkipSimplifiedLayerNormalization""".split()

HEAD = """\
# Made by a program: change src/main/scripts/operators.py and run it, do not edit. The reader skips lines that begin with #.
# Operators known to Hone.
# @name types: a set of types that several operators allow.
# Other lines, separated by tabs: domain, operator, since version, inputs, outputs, attributes, type variables.
# Parameter: name, then nothing (one), ? (optional), + (one or more) or * (any number), then :type variable or :type;
# ~ after it says that the values of a variadic parameter may differ in type.
# Attribute: name:kind, then ! if required or =default if there is one.
# Type variable: name:types, or name:@set; types without parentheses are element types of tensors."""


def element(text):
    return text[len("tensor("):-1] if text.startswith("tensor(") else text


def parameter(formal, minimum_left):
    option = str(formal.option).split(".")[-1]
    if option in ("Variadic", "2"):
        # onnxruntime's schemas do not carry min_arity; there the node's minimum says it.
        arity = getattr(formal, "min_arity", minimum_left)
        mark = "+" if arity > 0 else "*"
    else:
        mark = "?" if option in ("Optional", "1") else ""
    homogeneous = getattr(formal, "is_homogeneous", getattr(formal, "isHomogeneous", True))
    return formal.name + mark + ":" + element(formal.typeStr if hasattr(formal, "typeStr") else formal.type_str) + (
        "" if homogeneous else "~")


def default(attribute):
    value = getattr(attribute, "default_value", None)
    if value is None:
        value = attribute._default_value
    if isinstance(value, bytes):
        value = onnx.AttributeProto.FromString(value)
    if value.type == onnx.AttributeProto.UNDEFINED:
        return ""
    value = onnx.helper.get_attribute_value(value)
    if isinstance(value, bytes):
        return "=" + value.decode()
    if isinstance(value, (list, tuple)) or hasattr(value, "__len__"):
        return "=" + ",".join(x.decode() if isinstance(x, bytes) else f"{x:.7g}" for x in value)
    return "=" + (f"{value:.7g}" if isinstance(value, float) else str(value))


def attribute(a):
    kind = str(a.type).split(".")[-1].lower()
    kind = {"sparse_tensor": "sparse", "type_proto": "type"}.get(kind, kind)
    return f"{a.name}:{kind}" + ("!" if a.required else default(a))


def allowed(constraint):
    return tuple(sorted(element(t) for t in constraint.allowed_type_strs))


def signature(schema):
    needed = schema.min_input
    fields = [schema.domain, schema.name, str(schema.since_version)]
    fields.append(" ".join(parameter(p, needed - i) for i, p in enumerate(schema.inputs)))
    fields.append(" ".join(parameter(p, schema.min_output - i) for i, p in enumerate(schema.outputs)))
    fields.append("\x1f".join(sorted(attribute(a) for a in schema.attributes.values())))
    return fields, [(c.type_param_str, allowed(c)) for c in schema.type_constraints]


names = sorted({s.name for s in onnx.defs.get_all_schemas_with_history() if s.domain == ""})
schemas = []
for name in names:
    try:
        schemas.append(onnx.defs.get_schema(name, max_inclusive_version=OPSET, domain=""))
    except onnx.defs.SchemaError:
        try:
            schemas.append(onnx.defs.get_schema(name, max_inclusive_version=NEWEST, domain=""))
        except onnx.defs.SchemaError:
            pass  # came with a still later opset
schemas = [s for s in schemas if not s.deprecated]
schemas += sorted((s for s in runtime.get_all_operator_schema() if s.domain == "com.microsoft" and s.name in MICROSOFT),
                  key=lambda s: s.name)

rows = [signature(s) for s in schemas]
counts = {}
for _, constraints in rows:
    for _, types in constraints:
        counts[types] = counts.get(types, 0) + 1
sets = {t: f"@{i}" for i, t in enumerate(sorted((t for t, n in counts.items() if n > 1 and len(t) > 1)), 1)}
print(HEAD)
for types, name in sets.items():
    print(name, ",".join(types))
for fields, constraints in rows:
    print("\t".join(fields + [" ".join(f"{n}:{sets.get(t) or ','.join(t)}" for n, t in constraints)]).replace("\x1f", "|"))
