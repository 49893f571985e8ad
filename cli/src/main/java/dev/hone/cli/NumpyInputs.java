package dev.hone.cli;

import dev.hone.compress.quantize.CalibrationFeeds;
import dev.hone.core.HoneException;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Inputs of a model from NumPy's {@code .npz}: an array per input, by its name, whose first axis counts samples. The
 * arrays are in the {@code .npy} form, version 1 to 3, little-endian and in C order, as {@code numpy.savez} writes them.
 */
public final class NumpyInputs extends CalibrationFeeds {
    private static final int BATCH = 8;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** NumPy's names of element types, with ONNX's numbers. */
    private static final Map<String, Integer> TYPES =
            Map.of("<f4", 1, "|u1", 2, "|i1", 3, "<i4", 6, "<i8", 7, "|b1", 9, "<f2", 10, "<f8", 11);

    private static final Map<Integer, Integer> BYTES = Map.of(1, 4, 2, 1, 3, 1, 6, 4, 7, 8, 9, 1, 10, 2, 11, 8);

    private record Array(int type, long[] dims, byte[] bytes) {}

    private final Map<String, Array> arrays = new LinkedHashMap<>();
    private final Path file;
    private final int samples;

    /** @throws HoneException if the file is damaged or its arrays have different numbers of samples */
    public NumpyInputs(Path file) throws IOException {
        this.file = file;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                arrays.put(entry.getName().replaceFirst("\\.npy$", ""), parse(file, entry.getName(), bytes));
            }
        } catch (java.util.zip.ZipException e) {
            throw new HoneException(file + " is no .npz file; write one with numpy.savez", e);
        }
        List<Long> counts = arrays.values().stream()
                .map(a -> a.dims.length == 0 ? 0L : a.dims[0])
                .distinct()
                .toList();
        if (counts.size() != 1 || counts.get(0) == 0) {
            throw new HoneException(
                    file + ": expected arrays with the same number of samples, found first axes of " + counts);
        }
        samples = Math.toIntExact(counts.get(0));
    }

    private static Array parse(Path file, String name, byte[] bytes) {
        String where = file + ", array " + name;
        if (bytes.length < 12 || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
            throw new HoneException(where + " is not in NumPy's .npy form; write the file with numpy.savez");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean first = bytes[6] == 1;
        int start = first ? 10 : 12;
        int length = first ? header.getShort(8) & 0xFFFF : header.getInt(8);
        if (length < 0 || length > bytes.length - start) {
            throw new HoneException(where + " ends in the middle of its header; the file is damaged");
        }
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        String descr = find(text, "'descr':\\s*'([^']+)'", where);
        if (!TYPES.containsKey(descr) || text.contains("'fortran_order': True")) {
            throw new HoneException(where + " is " + text.strip() + ", expected C order and one of "
                    + new TreeSet<>(TYPES.keySet()) + "; save numpy.ascontiguousarray(array, 'float32') or the like");
        }
        List<Long> dims = new ArrayList<>();
        Matcher number = Pattern.compile("\\d+").matcher(find(text, "'shape':\\s*\\(([^)]*)\\)", where));
        while (number.find()) {
            dims.add(Long.parseLong(number.group()));
        }
        long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
        int type = TYPES.get(descr);
        long expected = Arrays.stream(shape).reduce(BYTES.get(type), (a, b) -> a * b);
        if (expected != bytes.length - start - length) {
            throw new HoneException(where + " holds " + (bytes.length - start - length) + " bytes, " + text.strip()
                    + " takes " + expected + "; the file is damaged");
        }
        return new Array(type, shape, Arrays.copyOfRange(bytes, start + length, bytes.length));
    }

    private static String find(String text, String pattern, String where) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new HoneException(where + " has the header " + text.strip() + ", which cannot be read");
        }
        return matcher.group(1);
    }

    @Override
    public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
        for (int from = 0; from < samples; from += BATCH) {
            int count = Math.min(BATCH, samples - from);
            Map<String, NativeTensor> batch = new LinkedHashMap<>();
            try {
                for (Map.Entry<String, Array> entry : arrays.entrySet()) {
                    batch.put(entry.getKey(), slice(entry.getValue(), from, count));
                }
                consumer.accept(batch);
            } finally {
                batch.values().forEach(NativeTensor::close);
            }
        }
    }

    /** How many samples each array has. */
    int samples() {
        return samples;
    }

    /** One array. */
    NativeTensor all(String name) {
        return slice(named(name), 0, samples);
    }

    /** Some samples of one array, by their indices. */
    NativeTensor some(String name, int... indices) {
        Array array = named(name);
        int sample = array.bytes.length / samples;
        NativeTensor tensor = allocate(array, indices.length);
        ByteBuffer bytes = tensor.buffer();
        for (int index : indices) {
            bytes.put(array.bytes, index * sample, sample);
        }
        return tensor;
    }

    private Array named(String name) {
        if (!arrays.containsKey(name)) {
            throw new HoneException(
                    file + ": there is no array '" + name + "', the model's input, among " + arrays.keySet());
        }
        return arrays.get(name);
    }

    private NativeTensor slice(Array array, int from, int count) {
        int sample = array.bytes.length / samples;
        NativeTensor tensor = allocate(array, count);
        tensor.buffer().put(array.bytes, from * sample, count * sample);
        return tensor;
    }

    private static NativeTensor allocate(Array array, int count) {
        long[] dims = array.dims.clone();
        dims[0] = count;
        return NativeTensor.allocate(array.type, dims);
    }
}
