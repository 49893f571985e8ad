package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Keeps the unpacked native libraries in the user's cache folder. By default ONNX Runtime's Java API unpacks 28 MB into
 * a temporary folder at every start, which dominates the time of a short command, and leaves it behind if the process
 * is killed.
 */
final class NativeLibraries {
    /** System property with the folder in which the Java API looks for unpacked libraries. */
    private static final String PROPERTY = "onnxruntime.native.path";

    private static final String VARIABLE = "ONNXRUNTIME_NATIVE_PATH";

    private NativeLibraries() {}

    /** Points the Java API to the cache, filling it if necessary. If that fails, the default behavior applies. */
    static void prepare() {
        if (System.getProperty(PROPERTY) != null || System.getenv(VARIABLE) != null) {
            return;
        }
        try {
            Path folder = unpack(cacheFolder());
            if (folder != null) {
                System.setProperty(PROPERTY, folder.toString());
            }
        } catch (IOException | SecurityException e) {
            // The home folder is read-only or missing: the libraries are unpacked into a temporary folder.
            System.clearProperty(PROPERTY);
        }
    }

    /** @return the folder with the libraries, or null if they are not in a jar or not available for this platform */
    static Path unpack(Path cache) throws IOException {
        String classFile = OrtEnvironment.class.getName().replace('.', '/') + ".class";
        URL url = OrtEnvironment.class.getClassLoader().getResource(classFile);
        URLConnection connection = url == null ? null : url.openConnection();
        if (!(connection instanceof JarURLConnection jarConnection)) {
            return null;
        }
        connection.setUseCaches(false);
        try (JarFile jar = jarConnection.getJarFile()) {
            String prefix = "ai/onnxruntime/native/" + platform() + "/";
            List<JarEntry> libraries = jar.stream()
                    .filter(entry -> entry.getName().startsWith(prefix) && !entry.isDirectory())
                    .filter(entry -> entry.getName().indexOf('/', prefix.length()) < 0)
                    .toList();
            if (libraries.isEmpty()) {
                return null;
            }
            long checksum = libraries.stream().mapToLong(JarEntry::getCrc).reduce(17, (a, b) -> 31 * a + b);
            Path folder = Files.createDirectories(cache.resolve("onnxruntime-" + Long.toHexString(checksum)));
            for (JarEntry library : libraries) {
                unpack(jar, library, folder.resolve(library.getName().substring(prefix.length())));
            }
            return folder;
        }
    }

    /** Written to a temporary file and renamed, so that another process never loads a partial library. */
    private static void unpack(JarFile jar, JarEntry entry, Path file) throws IOException {
        if (Files.exists(file) && Files.size(file) == entry.getSize()) {
            return;
        }
        Path temporary = Files.createTempFile(file.getParent(), "unpacking", null);
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Name of the platform's folder in the jar. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.contains("win") ? "win" : os.contains("mac") ? "osx" : "linux";
        return system + (arch.equals("aarch64") || arch.equals("arm64") ? "-aarch64" : "-x64");
    }

    private static Path cacheFolder() {
        String chosen = System.getenv("XDG_CACHE_HOME");
        return chosen == null || chosen.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "hone")
                : Path.of(chosen, "hone");
    }
}
