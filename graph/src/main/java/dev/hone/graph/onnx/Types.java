package dev.hone.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.TensorShapeProto;
import dev.hone.graph.onnx.proto.TypeProto;
import dev.hone.graph.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;

/** Converts types between {@link Value} and {@code ValueInfoProto}. */
final class Types {
    private Types() {}

    /** Sets the properties of a value from a message; the type of an initializer is that of its tensor and is kept. */
    static void read(ValueInfoProto proto, Value value, TensorReader tensors) {
        ValueInfoProto.Builder rest = proto.toBuilder().clearName().clearType();
        TypeProto type = proto.getType();
        if (type.hasTensorType()) {
            if (value.constant() == null) {
                int element = type.getTensorType().getElemType();
                value.setType(element == 0 ? null : ElementType.ofOnnx(element));
                value.setShape(
                        type.getTensorType().hasShape()
                                ? read(type.getTensorType().getShape())
                                : null);
            }
            TypeProto denotations = denotations(type);
            if (denotations.getSerializedSize() > 0) {
                rest.setType(denotations);
            }
        } else if (proto.hasType()) {
            value.setOtherType(type.toByteArray());
        }
        value.setCarried(tensors.serialize(rest.build()));
    }

    private static Shape read(TensorShapeProto proto) {
        List<Dim> dims = new ArrayList<>(proto.getDimCount());
        for (TensorShapeProto.Dimension dim : proto.getDimList()) {
            if (dim.hasDimValue() && dim.getDimValue() >= 0) {
                dims.add(Dim.of(dim.getDimValue()));
            } else if (dim.hasDimParam()) {
                dims.add(DimText.read(dim.getDimParam()));
            } else {
                dims.add(Dim.unknown());
            }
        }
        return new Shape(dims);
    }

    /** The type with its denotations only: {@code IMAGE}, {@code DATA_BATCH}. */
    private static TypeProto denotations(TypeProto type) {
        TypeProto.Builder result = type.toBuilder().clearTensorType();
        List<TensorShapeProto.Dimension> dims = type.getTensorType().getShape().getDimList();
        if (dims.stream().anyMatch(TensorShapeProto.Dimension::hasDenotation)) {
            TensorShapeProto.Builder shape = result.getTensorTypeBuilder().getShapeBuilder();
            dims.forEach(dim -> shape.addDim(dim.toBuilder().clearValue()));
        }
        return result.build();
    }

    /** Whether anything except the name can be written: a shape alone cannot, since runtimes refuse a type without elements. */
    static boolean isKnown(Value value) {
        return value.type() != null || value.otherType() != null || value.carried() != null;
    }

    static ValueInfoProto write(Value value) {
        try {
            ValueInfoProto.Builder proto = ValueInfoProto.newBuilder();
            if (value.carried() != null) {
                proto.mergeFrom(value.carried());
            }
            TypeProto meaning = proto.getType();
            proto.clearType().setName(value.name());
            if (value.otherType() != null) {
                return proto.setType(TypeProto.parseFrom(value.otherType())).build();
            }
            if (value.type() == null) {
                return proto.build();
            }
            TypeProto.Builder type = meaning.toBuilder().clearTensorType();
            TypeProto.Tensor.Builder tensor = type.getTensorTypeBuilder();
            tensor.setElemType(value.type().onnx());
            if (value.shape() != null) {
                tensor.setShape(write(value.shape(), meaning.getTensorType().getShape()));
            }
            return proto.setType(type).build();
        } catch (InvalidProtocolBufferException e) {
            throw new GraphException("value '" + value.name() + "' has a damaged type", e);
        }
    }

    private static TensorShapeProto write(Shape shape, TensorShapeProto meaning) {
        TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
        boolean sameRank = meaning.getDimCount() == shape.rank();
        for (int i = 0; i < shape.rank(); i++) {
            Dim dim = shape.dim(i);
            TensorShapeProto.Dimension.Builder out = proto.addDimBuilder();
            if (sameRank) {
                out.mergeFrom(meaning.getDim(i));
            }
            if (dim.isConstant()) {
                out.setDimValue(dim.constant());
            } else if (!dim.isAnonymous()) {
                out.setDimParam(dim.toString());
            }
        }
        return proto.build();
    }
}
