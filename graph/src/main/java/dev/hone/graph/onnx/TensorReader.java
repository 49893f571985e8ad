package dev.hone.graph.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.limit.ExternalFiles;
import dev.hone.graph.GraphException;
import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import dev.hone.graph.onnx.proto.StringStringEntryProto;
import dev.hone.graph.onnx.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Converts {@code TensorProto}s to tensors, from any of the data fields or from external data. */
final class TensorReader {
    private final ExternalFiles files;

    /** @param model the file to which external data paths are relative, or null */
    TensorReader(Path model) {
        this.files = model == null ? null : new ExternalFiles(model);
    }

    Tensor read(TensorProto proto) {
        String label = "tensor '" + proto.getName() + "'";
        try {
            ElementType type = ElementType.ofOnnx(proto.getDataType());
            long[] dims =
                    proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
            long count = Tensor.count(dims);
            if (proto.hasSegment()) {
                throw new GraphException("is stored in segments, which are not supported; export the model again");
            }
            if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
                return Tensor.of(type, dims, external(proto, type.bytes(count)));
            }
            if (type == ElementType.STRING) {
                List<byte[]> strings = new ArrayList<>();
                proto.getStringDataList().forEach(s -> strings.add(s.toByteArray()));
                return Tensor.ofStrings(strings, dims);
            }
            return Tensor.of(type, dims, proto.hasRawData() ? view(proto.getRawData()) : typed(proto, type, count));
        } catch (HoneException e) {
            throw new GraphException(label + ": " + e.getMessage(), e);
        }
    }

    private static ByteBuffer view(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer().slice();
    }

    /** The fields with one number per element, or several elements per number for types below a byte. */
    private static ByteBuffer typed(TensorProto proto, ElementType type, long count) {
        int found =
                switch (type) {
                    case FLOAT, COMPLEX64 -> proto.getFloatDataCount();
                    case DOUBLE, COMPLEX128 -> proto.getDoubleDataCount();
                    case INT64 -> proto.getInt64DataCount();
                    case UINT32, UINT64 -> proto.getUint64DataCount();
                    default -> proto.getInt32DataCount();
                };
        int perEntry =
                switch (type) {
                    case UINT4, INT4, FLOAT4E2M1 -> 2;
                    case UINT2, INT2 -> 4;
                    default -> 1;
                };
        long expected = type == ElementType.COMPLEX64 || type == ElementType.COMPLEX128
                ? 2 * count
                : (count + perEntry - 1) / perEntry;
        if (found != expected) {
            throw new GraphException("holds " + found + " numbers, " + type + proto.getDimsList() + " takes " + expected
                    + "; the file is damaged or its weights were stripped");
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(type.bytes(count))).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < found; i++) {
            switch (type) {
                case FLOAT, COMPLEX64 -> out.putFloat(proto.getFloatData(i));
                case DOUBLE, COMPLEX128 -> out.putDouble(proto.getDoubleData(i));
                case INT64 -> out.putLong(proto.getInt64Data(i));
                case UINT64 -> out.putLong(proto.getUint64Data(i));
                case UINT32 -> out.putInt((int) proto.getUint64Data(i));
                case INT32 -> out.putInt(proto.getInt32Data(i));
                case INT16, UINT16, FLOAT16, BFLOAT16 -> out.putShort((short) proto.getInt32Data(i));
                case FLOAT6E2M3, FLOAT6E3M2 -> putSixBits(out, i, proto.getInt32Data(i));
                default -> out.put((byte) proto.getInt32Data(i));
            }
        }
        return out.rewind();
    }

    /** Packs the lowest bits first: four 6-bit elements into three bytes. */
    private static void putSixBits(ByteBuffer out, int index, int value) {
        int bit = index * 6;
        int at = bit / 8;
        int shifted = (value & 0x3F) << bit % 8;
        out.put(at, (byte) (out.get(at) | shifted));
        if (shifted > 0xFF) {
            out.put(at + 1, (byte) (shifted >> 8));
        }
    }

    // ---- external data

    private TensorData external(TensorProto proto, long bytes) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : proto.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.get("location");
        if (location == null || location.isEmpty()) {
            throw new GraphException("is external, but has no location");
        }
        if (files == null) {
            throw new GraphException("is in the external file '" + location + "'; read the model from its file");
        }
        long offset = number(entries, "offset", 0);
        long length = number(entries, "length", bytes);
        if (length != bytes) {
            throw new GraphException("takes " + bytes + " bytes, the model says that " + length + " are in '" + location
                    + "'; the file is damaged");
        }
        return TensorData.mapped(files.resolve(location), offset, bytes);
    }

    private static long number(Map<String, String> entries, String key, long otherwise) {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new GraphException("has the external " + key + " '" + text + "', expected a number", e);
        }
    }

    // ---- messages that are only carried along

    /** Serializes an uninterpreted message, with external data embedded; null if it is empty. */
    byte[] serialize(Message message) {
        return message.getSerializedSize() == 0 ? null : internal(message).toByteArray();
    }

    private Message internal(Message message) {
        if (message instanceof TensorProto tensor) {
            return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
                    ? TensorWriter.withData(
                            tensor.toBuilder().clearExternalData().clearDataLocation(), read(tensor))
                    : tensor;
        }
        Message.Builder changed = null;
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.isRepeated()) {
                List<?> items = (List<?>) entry.getValue();
                for (int i = 0; i < items.size(); i++) {
                    Message item = (Message) items.get(i);
                    Message replaced = internal(item);
                    if (replaced != item) {
                        changed = changed == null ? message.toBuilder() : changed;
                        changed.setRepeatedField(field, i, replaced);
                    }
                }
            } else {
                Message item = (Message) entry.getValue();
                Message replaced = internal(item);
                if (replaced != item) {
                    changed = changed == null ? message.toBuilder() : changed;
                    changed.setField(field, replaced);
                }
            }
        }
        return changed == null ? message : changed.build();
    }
}
