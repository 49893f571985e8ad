package dev.hone.core.text;

import dev.hone.core.HoneException;
import dev.hone.core.file.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads NumPy's {@code .npz}: named arrays, as {@code numpy.savez} writes them. */
public final class NpzReader {
    private NpzReader() {}

    /**
     * The arrays by name, in the file's order.
     *
     * @throws HoneException if the file is not an {@code .npz} file, or an array is damaged or of an unsupported type
     */
    public static Map<String, NpyArray> read(Path file) throws IOException {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(RegularFile.of(file).toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                String name = entry.getName();
                arrays.put(name.replaceFirst("\\.npy$", ""), NpyArray.parse(bytes, file + ", array " + name));
            }
        } catch (ZipException e) {
            throw new HoneException(file + " is not an .npz file; write one with numpy.savez", e);
        }
        return arrays;
    }
}
