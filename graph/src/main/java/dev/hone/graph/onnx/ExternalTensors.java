package dev.hone.graph.onnx;

import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import dev.hone.graph.onnx.proto.StringStringEntryProto;
import dev.hone.graph.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;

/** Decides which initializers are stored as external data, and how the model refers to them. */
interface ExternalTensors {
    boolean takes(Tensor tensor);

    /** The initializer as a reference to external data. */
    TensorProto write(String name, Tensor tensor) throws IOException;

    static TensorProto reference(String name, Tensor tensor, String location, long offset) {
        return TensorWriter.withType(TensorProto.newBuilder().setName(name), tensor)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(tensor.data().size())))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /**
     * Tensors that are already in a complete external data file.
     *
     * @param file file that the tensors were mapped from
     * @param location name of the file in the model
     */
    record Finished(Path file, String location) implements ExternalTensors {
        @Override
        public boolean takes(Tensor tensor) {
            return tensor.data() instanceof TensorData.Mapped mapped
                    && mapped.file().equals(file);
        }

        @Override
        public TensorProto write(String name, Tensor tensor) {
            return reference(name, tensor, location, ((TensorData.Mapped) tensor.data()).offset());
        }
    }
}
