package dev.hone.vision.image;

import com.twelvemonkeys.imageio.stream.BufferedFileImageInputStreamSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import javax.imageio.stream.ImageInputStream;

/** Where the bytes of an image come from; its text is what messages call it. */
interface ImageSource {
    /** A new stream from the first byte, whose length is known. */
    ImageInputStream open() throws IOException;

    /**
     * A file; messages contain its path.
     *
     * @throws ImageException if there is no such file, or it is not a regular one: a pipe or a device may never end
     */
    static ImageSource of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new ImageException(file + ": cannot be read, it is "
                        + (attributes.isDirectory() ? "a folder" : "a pipe, socket or device and not a regular file"));
            }
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    file + ": "
                            + (Files.isSymbolicLink(file)
                                    ? "a link to a file that does not exist"
                                    : FileErrors.MISSING),
                    e);
        } catch (IOException e) {
            throw new ImageException(file + ": cannot be read, " + FileErrors.reason(e), e);
        }
        return new OfFile(file);
    }

    /** The content of an image file, in memory. */
    static ImageSource of(byte[] content) {
        return new OfBytes(content);
    }

    /** See {@link #of(Path)}. */
    record OfFile(Path file) implements ImageSource {
        /** Reads in blocks; the JDK's own file stream makes a system call for every byte. */
        private static final BufferedFileImageInputStreamSpi FILES = new BufferedFileImageInputStreamSpi();

        @Override
        public ImageInputStream open() throws IOException {
            if (!Files.isReadable(file)) {
                throw new ImageException(file + ": cannot be read, permission denied");
            }
            // names that are no text in the system's encoding, and files in archives, have no java.io.File
            boolean plain = file.getFileSystem().equals(FileSystems.getDefault())
                    && file.toFile().toPath().equals(file);
            ImageInputStream in = plain
                    ? FILES.createInputStreamInstance(file.toFile(), false, null)
                    : new ByteArrayImageInputStream(Files.readAllBytes(file));
            if (in == null) {
                throw new ImageException(file + ": " + FileErrors.MISSING);
            }
            return in;
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** See {@link #of(byte[])}. */
    record OfBytes(byte[] content) implements ImageSource {
        @Override
        public ImageInputStream open() {
            return new ByteArrayImageInputStream(content);
        }

        @Override
        public String toString() {
            return "image of " + content.length + " bytes";
        }
    }
}
