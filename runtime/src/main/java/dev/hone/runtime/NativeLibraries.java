package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.CacheFolder;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * Keeps the unpacked native libraries in a folder that only this user can write to. By default ONNX Runtime's Java API
 * unpacks 28 MB into a temporary folder at every start, which dominates the time of a short command, and leaves it
 * behind if the process is killed.
 *
 * <p>A library is native code with all rights of the user. The place decides whom it can come from: the folder of the
 * program, if nobody but its owner can write there, or else the user's {@link CacheFolder}. The hash in the jar's
 * directory decides whether it is whole; it is compared at every start, which takes 8 ms.
 */
final class NativeLibraries {
    /** System property with the folder in which the Java API looks for unpacked libraries. */
    private static final String PROPERTY = "onnxruntime.native.path";

    private static final String VARIABLE = "ONNXRUNTIME_NATIVE_PATH";

    /** System property with a folder of the installed program, which is as trustworthy as its jars. */
    private static final String INSTALLED = "hone.native.path";

    private NativeLibraries() {}

    /**
     * Points the Java API to the unpacked libraries, unpacking them if necessary. If this platform's are not in the jar,
     * the default behavior applies.
     *
     * @throws OnnxRuntimeException if there is no place for them
     */
    static void prepare() {
        if (System.getProperty(PROPERTY) != null || System.getenv(VARIABLE) != null) {
            return;
        }
        try (JarFile jar = jar()) {
            List<JarEntry> libraries = jar == null ? List.of() : libraries(jar);
            if (!libraries.isEmpty()) {
                System.setProperty(
                        PROPERTY, folder(jar, libraries, CacheFolder.places()).toString());
            }
        } catch (IOException e) {
            throw new OnnxRuntimeException("ONNX Runtime's library cannot be unpacked: " + FileErrors.reason(e), e);
        } catch (HoneException e) {
            throw new OnnxRuntimeException("ONNX Runtime's library has no place: " + e.getMessage(), e);
        }
    }

    private static Path folder(JarFile jar, List<JarEntry> libraries, List<Path> caches) {
        String installed = System.getProperty(INSTALLED);
        if (installed != null && Path.of(installed).isAbsolute()) {
            Path folder = Path.of(installed);
            if (installedFault(jar, folder)
                    .or(() -> fault(jar, libraries, folder))
                    .isEmpty()) {
                return folder;
            }
        }
        return unpack(jar, libraries, caches);
    }

    /** @return the folder with the libraries, in the first of the places that serves */
    static Path unpack(JarFile jar, List<JarEntry> libraries, List<Path> caches) {
        long checksum = libraries.stream().mapToLong(JarEntry::getCrc).reduce(17, (a, b) -> 31 * a + b);
        String name = "onnxruntime-" + Long.toHexString(checksum);
        Path cache = CacheFolder.open(caches, place -> {
            Path folder = place.resolve(name);
            return CacheFolder.fault(folder).or(() -> fault(jar, libraries, folder));
        });
        return cache.resolve(name);
    }

    /** Who can change the jar can change the program anyway; nobody else may be able to change the library. */
    private static Optional<String> installedFault(JarFile jar, Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            }
            boolean owned =
                    Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of(jar.getName())))
                            || Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                                    .equals(0);
            return owned && !CacheFolder.writableByOthers(folder) ? Optional.empty() : Optional.of("not private");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Puts the libraries into a folder, unless they are there, and says why they cannot be loaded from it, if so. */
    private static Optional<String> fault(JarFile jar, List<JarEntry> libraries, Path folder) {
        try {
            for (JarEntry library : libraries) {
                Path file = folder.resolve(library.getName().substring(prefix().length()));
                if (!isWhole(library, file)) {
                    unpack(jar, library, file);
                }
                if (!Files.isExecutable(file)) {
                    return Optional.of("programs may not be run from there (mounted noexec)");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FileErrors.reason(e));
        }
    }

    private static boolean isWhole(JarEntry library, Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != library.getSize()) {
            return false;
        }
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix
                && (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE)
                        || CacheFolder.writableByOthers(file)
                        || !Files.getOwner(file).equals(Files.getOwner(file.getParent())))) {
            return false;
        }
        CRC32 hash = new CRC32();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
            }
        }
        return hash.getValue() == library.getCrc();
    }

    /** Written to a new file and renamed, so that another process never loads a partial library. */
    private static void unpack(JarFile jar, JarEntry entry, Path file) throws IOException {
        Files.deleteIfExists(file); // whose owner and mode it would get
        try (InputStream in = jar.getInputStream(entry);
                AtomicFile whole = AtomicFile.beside(file)) {
            whole.write(in::transferTo);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(whole.part(), PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            whole.commit();
        }
    }

    /** The jar with ONNX Runtime, or null if it is not in one. */
    static JarFile jar() throws IOException {
        String classFile = OrtEnvironment.class.getName().replace('.', '/') + ".class";
        URL url = OrtEnvironment.class.getClassLoader().getResource(classFile);
        URLConnection connection = url == null ? null : url.openConnection();
        if (!(connection instanceof JarURLConnection jarConnection)) {
            return null;
        }
        connection.setUseCaches(false);
        return jarConnection.getJarFile();
    }

    static List<JarEntry> libraries(JarFile jar) {
        String prefix = prefix();
        return jar.stream()
                .filter(entry -> entry.getName().startsWith(prefix) && !entry.isDirectory())
                .filter(entry -> entry.getName().indexOf('/', prefix.length()) < 0)
                .toList();
    }

    private static String prefix() {
        return "ai/onnxruntime/native/" + platform() + "/";
    }

    /** Name of the platform's folder in the jar. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.contains("win") ? "win" : os.contains("mac") ? "osx" : "linux";
        return system + (arch.equals("aarch64") || arch.equals("arm64") ? "-aarch64" : "-x64");
    }
}
