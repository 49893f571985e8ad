package dev.hone.graph.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.proto.TensorProto;

/** Converts tensors to {@code TensorProto}s, without copying their bytes. */
final class TensorWriter {
    private TensorWriter() {}

    static TensorProto write(String name, Tensor tensor) {
        return withData(TensorProto.newBuilder().setName(name), tensor);
    }

    /** Sets element type, dimensions and data of a message. */
    static TensorProto withData(TensorProto.Builder proto, Tensor tensor) {
        withType(proto, tensor);
        if (tensor.type() == ElementType.STRING) {
            tensor.strings().forEach(s -> proto.addStringData(ByteString.copyFrom(s)));
        } else {
            proto.setRawData(UnsafeByteOperations.unsafeWrap(tensor.buffer()));
        }
        return proto.build();
    }

    static TensorProto.Builder withType(TensorProto.Builder proto, Tensor tensor) {
        proto.clearDims().setDataType(tensor.type().onnx());
        for (long dim : tensor.dims()) {
            proto.addDims(dim);
        }
        return proto;
    }
}
