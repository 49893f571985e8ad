package dev.hone.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.util.EnumMap;
import java.util.Map;

/** Maps ONNX element type numbers to the types of ONNX Runtime's Java API. */
final class ElementTypes {
    private record Entry(int onnx, String name, int bytes, OnnxJavaType java, OnnxTensorType tensor) {}

    private static final Entry[] TABLE = {
        new Entry(1, "float", 4, OnnxJavaType.FLOAT, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT),
        new Entry(2, "uint8", 1, OnnxJavaType.UINT8, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8),
        new Entry(3, "int8", 1, OnnxJavaType.INT8, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8),
        new Entry(5, "int16", 2, OnnxJavaType.INT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16),
        new Entry(6, "int32", 4, OnnxJavaType.INT32, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32),
        new Entry(7, "int64", 8, OnnxJavaType.INT64, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64),
        new Entry(8, "string", 0, OnnxJavaType.STRING, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING),
        new Entry(9, "bool", 1, OnnxJavaType.BOOL, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL),
        new Entry(10, "float16", 2, OnnxJavaType.FLOAT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16),
        new Entry(11, "double", 8, OnnxJavaType.DOUBLE, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE),
        new Entry(16, "bfloat16", 2, OnnxJavaType.BFLOAT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16),
        // The Java API cannot create these, but a model may have them as outputs.
        new Entry(4, "uint16", 2, null, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16),
        new Entry(12, "uint32", 4, null, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32),
        new Entry(13, "uint64", 8, null, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64),
    };

    private static final Map<OnnxTensorType, Integer> NUMBERS = new EnumMap<>(OnnxTensorType.class);

    static {
        for (Entry entry : TABLE) {
            NUMBERS.put(entry.tensor, entry.onnx);
        }
    }

    private ElementTypes() {}

    private static Entry entry(int onnx) {
        for (Entry entry : TABLE) {
            if (entry.onnx == onnx) {
                return entry;
            }
        }
        throw new OnnxRuntimeException("element type number " + onnx + " is not supported for tensors");
    }

    static int onnx(OnnxTensorType type) {
        return NUMBERS.getOrDefault(type, 0);
    }

    static String name(int onnx) {
        for (Entry entry : TABLE) {
            if (entry.onnx == onnx) {
                return entry.name;
            }
        }
        return onnx == 0 ? "(no tensor)" : "type" + onnx;
    }

    static int bytes(int onnx) {
        int bytes = entry(onnx).bytes;
        if (bytes == 0) {
            throw new OnnxRuntimeException("string tensors have no native memory");
        }
        return bytes;
    }

    static OnnxJavaType java(int onnx) {
        Entry entry = entry(onnx);
        if (entry.java == null) {
            throw new OnnxRuntimeException(
                    "a tensor of " + entry.name + " cannot be made here; cast it inside the model");
        }
        return entry.java;
    }
}
