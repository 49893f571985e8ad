package dev.hone.core.text;

import dev.hone.core.file.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes float arrays to a NumPy {@code .npz} file, which {@code numpy.load} reads. */
public final class NpzWriter {
    private record Array(float[] values, long[] dims) {}

    private final Map<String, Array> arrays = new LinkedHashMap<>();

    public NpzWriter add(String name, float[] values, long... dims) {
        arrays.put(name, new Array(values, dims));
        return this;
    }

    public void write(Path file) throws IOException {
        AtomicFile.write(file, this::write);
    }

    private void write(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        for (Map.Entry<String, Array> entry : arrays.entrySet()) {
            ZipEntry file = new ZipEntry(entry.getKey() + ".npy");
            // As in numpy.savez, equal arrays give equal files.
            file.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
            zip.putNextEntry(file);
            zip.write(header(entry.getValue().dims));
            float[] values = entry.getValue().values;
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            zip.write(bytes.array());
            zip.closeEntry();
        }
        zip.finish();
    }

    /** Header of format version 1.0, padded to a multiple of 64 bytes. */
    private static byte[] header(long[] dims) {
        String shape = Arrays.stream(dims).mapToObj(d -> d + ",").collect(Collectors.joining(" "));
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
        int padding = 63 - (10 + text.length()) % 64;
        byte[] bytes = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer header = ByteBuffer.allocate(10 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        header.put(NpyArray.MAGIC).put((byte) 1).put((byte) 0);
        return header.putShort((short) bytes.length).put(bytes).array();
    }
}
