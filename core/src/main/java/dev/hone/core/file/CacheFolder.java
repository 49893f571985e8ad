package dev.hone.core.file;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * The folder for what Hone keeps between runs: decoded images, unpacked libraries. It belongs to this user, and nobody
 * else can write to it; a folder that others can write to, or that another user prepared, is passed over.
 */
public final class CacheFolder {
    private static final FileAttribute<?>[] PRIVATE = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };

    private static final FileAttribute<?>[] INHERITED = {};

    private CacheFolder() {}

    /**
     * The first usable one of {@link #places}.
     *
     * @throws HoneException naming each place and why it cannot be used
     */
    public static Path open() {
        return open(places(), folder -> Optional.empty());
    }

    /**
     * The first place that is usable and passes a check.
     *
     * @param check why a folder does not serve, or nothing; it may put files there
     * @throws HoneException naming each place and why it cannot be used
     */
    public static Path open(List<Path> places, Function<Path, Optional<String>> check) {
        StringJoiner faults = new StringJoiner("; ");
        for (Path place : places) {
            Optional<String> fault = fault(place).or(() -> check.apply(place));
            if (fault.isEmpty()) {
                return place;
            }
            faults.add(place + ": " + fault.get());
        }
        throw new HoneException("no folder for cached files can be used"
                + (places.isEmpty() ? "" : " (" + faults + ")")
                + "; set the environment variable XDG_CACHE_HOME to a folder of your own");
    }

    /**
     * Where to look, in this order: {@code $XDG_CACHE_HOME/hone}, {@code .cache/hone} in the user's home, a folder of
     * the user's own in the folder for temporary files. All are absolute: nothing depends on the current directory.
     */
    public static List<Path> places() {
        return places(System.getenv(), System.getProperty("user.home"), System.getProperty("java.io.tmpdir"));
    }

    static List<Path> places(Map<String, String> environment, String home, String temporary) {
        Set<Path> places = new LinkedHashSet<>();
        absolute(environment.get("XDG_CACHE_HOME")).ifPresent(f -> places.add(f.resolve("hone")));
        // A user without an entry in the password file has the home "?", a service often "/" or one that is not there.
        for (String candidate : new String[] {home, environment.get("HOME")}) {
            absolute(candidate)
                    .filter(f -> f.getParent() != null && Files.isDirectory(f))
                    .ifPresent(f -> places.add(f.resolve(".cache").resolve("hone")));
        }
        absolute(temporary).filter(Files::isDirectory).ifPresent(f -> {
            try {
                places.add(f.resolve("hone-" + user(f)));
            } catch (IOException e) {
                places.add(f.resolve("hone"));
            }
        });
        return List.copyOf(places);
    }

    private static Optional<Path> absolute(String folder) {
        try {
            return Optional.ofNullable(folder)
                    .filter(f -> !f.isBlank())
                    .map(Path::of)
                    .filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Makes a folder that only this user can write to, where there is none, and says what is wrong with it, if anything. */
    public static Optional<String> fault(Path folder) {
        try {
            boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
            // A link could be pointed elsewhere by who made it, unless that was the owner of the folder around it.
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, posix ? PRIVATE : INHERITED);
            }
            Path real = folder.toRealPath();
            Object user = user(real);
            if (posix) {
                return notOnly(user, real).or(() -> around(user, real));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FileErrors.reason(e));
        }
    }

    /** The user that files made in a folder belong to: its number where the system has such. */
    private static Object user(Path folder) throws IOException {
        Path probe = Files.createTempFile(folder, OwnFiles.PREFIX, ".probe");
        try {
            return owner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    private static Object owner(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                : Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
    }

    private static Optional<String> notOnly(Object user, Path folder) {
        try {
            if (!owner(folder).equals(user)) {
                return Optional.of("belongs to another user");
            }
            return writableByOthers(folder) ? Optional.of("can be written by other users") : Optional.empty();
        } catch (IOException e) {
            return Optional.of(FileErrors.reason(e));
        }
    }

    /** Whether users other than the owner may write to a file or folder. */
    public static boolean writableByOthers(Path file) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
        return mode.contains(PosixFilePermission.OTHERS_WRITE) || mode.contains(PosixFilePermission.GROUP_WRITE);
    }

    /** Who can rename a folder on the way could put another one in its place. */
    private static Optional<String> around(Object user, Path folder) {
        try {
            for (Path at = folder.getParent(); at != null; at = at.getParent()) {
                Object owner = owner(at);
                boolean trusted = owner.equals(user) || owner.equals(0);
                int mode = (Integer) Files.getAttribute(at, "unix:mode", LinkOption.NOFOLLOW_LINKS);
                boolean open = (mode & 0002) != 0 && (mode & 01000) == 0;
                if (!trusted || open) {
                    return Optional.of("other users can rename " + at);
                }
            }
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.of("the owner of the folders around it is unknown");
        }
    }
}
