package dev.hone.data;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a sample's content comes from: a file, bytes, a row, or what a program opens itself. */
public interface Input {
    /**
     * The content as a file has it; to be closed. It is the same each time.
     *
     * @throws IllegalStateException if it is a row of a table, which has no content by itself
     */
    InputStream open() throws IOException;

    /** A file, read when its content is needed. */
    record OfFile(Path file) implements Input {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }
    }

    /** The content of a file, held in memory: an upload, a frame of a camera. Not copied, not changed. */
    record OfBytes(byte[] bytes) implements Input {
        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }

        /**
         * Everything that a stream holds; the stream is left open.
         *
         * @throws HoneException if it cannot be read to its end
         */
        public static OfBytes read(InputStream stream) {
            try {
                return new OfBytes(stream.readAllBytes());
            } catch (IOException e) {
                throw new HoneException("the stream cannot be read to its end, " + FileErrors.reason(e), e);
            }
        }
    }

    /** A row of a {@link dev.hone.data.table.TableData}, from 0. */
    record OfRow(int row) implements Input {
        @Override
        public InputStream open() {
            throw new IllegalStateException(this + " is no file");
        }
    }
}
