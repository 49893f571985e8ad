package dev.hone.graph.onnx;

import dev.hone.graph.onnx.proto.AttributeProto;
import dev.hone.graph.onnx.proto.TensorProto;
import java.util.Optional;

/** What a file says of tensors and attributes beside their values: kept as it is, and written back. */
final class Descriptions {
    private Descriptions() {}

    /** Properties of a tensor other than its contents. */
    static Optional<TensorProto> of(TensorProto tensor) {
        TensorProto rest = withoutData(tensor);
        return rest.toBuilder().clearName().build().getSerializedSize() > 0 ? Optional.of(rest) : Optional.empty();
    }

    /**
     * Fields of an attribute other than its value, or null: documentation, and names and documentation of its tensors.
     */
    static AttributeProto of(AttributeProto proto) {
        AttributeProto.Builder described = AttributeProto.newBuilder().setName(proto.getName());
        if (proto.hasDocString()) {
            described.setDocString(proto.getDocString());
        }
        if (proto.hasT() && withoutData(proto.getT()).getSerializedSize() > 0) {
            described.setT(withoutData(proto.getT()));
        }
        if (proto.getTensorsList().stream().anyMatch(t -> withoutData(t).getSerializedSize() > 0)) {
            proto.getTensorsList().forEach(t -> described.addTensors(withoutData(t)));
        }
        boolean empty = !described.hasDocString() && !described.hasT() && described.getTensorsCount() == 0;
        return empty ? null : described.build();
    }

    private static TensorProto withoutData(TensorProto tensor) {
        return tensor.toBuilder()
                .clearDims()
                .clearDataType()
                .clearFloatData()
                .clearInt32Data()
                .clearStringData()
                .clearInt64Data()
                .clearRawData()
                .clearDoubleData()
                .clearUint64Data()
                .clearExternalData()
                .clearDataLocation()
                .build();
    }
}
