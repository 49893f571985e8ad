package dev.hone.jobs.backbone;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Finds the TFLite model of a backbone in whatever file the user has of its package. */
final class PackageFile {
    private static final int BLOCK = 512;

    /** No file inside a package that is needed is larger. */
    private static final long LARGEST = 256L << 20;

    private PackageFile() {}

    /** Whether a file is the package, or what it holds: by how it begins. False for ONNX and other files. */
    static boolean holdsTflite(BackbonePackage wanted, Path file) {
        byte[] head = head(file, wanted.offset() + 8);
        return isGzip(head) || isTflite(head, 0) || isTflite(head, wanted.offset());
    }

    /**
     * The bytes of the TFLite model.
     *
     * @param file the package (.tgz), the file inside it, or the TFLite model itself
     * @throws HoneException if the file cannot be read, is damaged, or is not that of the wanted version
     */
    static byte[] tflite(BackbonePackage wanted, Path file) {
        try {
            byte[] bytes = isGzip(head(file, 2)) ? entry(wanted, file) : Files.readAllBytes(file);
            if (!isTflite(bytes, 0) && isTflite(bytes, wanted.offset())) {
                bytes = Arrays.copyOfRange(bytes, wanted.offset(), bytes.length);
            }
            String sha256 = Sha256.of(bytes);
            if (!sha256.equals(wanted.sha256())) {
                throw new HoneException(file + ": SHA-256 of the TFLite model is " + sha256 + ", expected "
                        + wanted.sha256() + "; the file is damaged or of another version than " + wanted.spec());
            }
            return bytes;
        } catch (EOFException | ZipException e) {
            throw new HoneException(file + ": is a truncated or damaged package; fetch it again", e);
        } catch (IOException e) {
            throw new HoneException(file + ": " + FileErrors.reason(e), e);
        }
    }

    private static boolean isGzip(byte[] bytes) {
        return bytes.length > 1 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
    }

    private static boolean isTflite(byte[] bytes, int at) {
        return bytes.length >= at + 8 && new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1).equals("TFL3");
    }

    private static byte[] head(Path file, int length) {
        if (!Files.isRegularFile(file)) {
            throw new HoneException(file + ": " + (Files.exists(file) ? "is no regular file" : FileErrors.MISSING));
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(length);
        } catch (IOException e) {
            throw new HoneException(file + ": " + FileErrors.reason(e), e);
        }
    }

    /** A file of a tar archive: headers of 512 bytes with name and size, content padded to blocks of that length. */
    private static byte[] entry(BackbonePackage wanted, Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            byte[] header = in.readNBytes(BLOCK);
            while (header.length == BLOCK && header[0] != 0) {
                long size = size(header, file);
                if (text(header, 0, 100).equals(wanted.entry())) {
                    if (size > LARGEST) {
                        throw new HoneException(file + ": " + wanted.entry() + " takes " + size
                                + " bytes, expected at most " + LARGEST);
                    }
                    byte[] content = in.readNBytes((int) size);
                    if (content.length < size) {
                        throw new EOFException();
                    }
                    return content;
                }
                in.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
                header = in.readNBytes(BLOCK);
            }
        }
        throw new HoneException(file + ": has no " + wanted.entry() + ", expected the package " + wanted.spec());
    }

    private static long size(byte[] header, Path file) {
        String octal = text(header, 124, 12).strip();
        if (!octal.matches("[0-7]{1,11}")) {
            throw new HoneException(file + ": is no package of npm, expected a .tgz file");
        }
        return Long.parseLong(octal, 8);
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.US_ASCII);
    }
}
