package dev.hone.vision.store;

import dev.hone.core.file.FileErrors;
import dev.hone.data.DataSet;
import dev.hone.data.Input;
import dev.hone.data.Sample;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageException;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The images of a data set at a fixed size, by index, as uint8 [C,H,W]. It contains only the files that can be decoded:
 * {@link #dataSet()} lists them, {@link #notices()} names the others. Reading is thread-safe.
 */
public interface ImageStore {
    /** Channels, size and resize mode of the images. */
    record Form(int channels, int height, int width, Resize.Mode mode) {
        public Form {
            if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
                throw new IllegalArgumentException("[" + channels + "," + height + "," + width
                        + "] is not a valid image size, expected 1 or 3 channels and positive sides");
            }
        }

        /** Bytes of one image. */
        public int bytes() {
            return Math.multiplyExact(channels, Math.multiplyExact(height, width));
        }
    }

    Form form();

    /** The samples that can be decoded; index {@code i} of the store is sample {@code i} of this data set. */
    DataSet dataSet();

    /** Warnings about corrupt files and about a cache that could not be written. */
    List<String> notices();

    /** Copies the pixels of a sample, uint8 [C,H,W], to the start of {@code destination}. */
    void read(int sample, byte[] destination);

    /**
     * Decodes every file once, on all processors, and caches the resized pixels in a memory-mapped file. Later epochs
     * and runs decode nothing, and the data set may be much larger than the heap. If the file cannot be written, for
     * example on a full disk, images are decoded at every read and a notice says so.
     *
     * @param folder folder of the cache file; null for no cache
     * @param progress receives the number of files decoded so far; may be called from several threads
     * @throws ImageException if no file can be decoded
     */
    static ImageStore open(DataSet set, Form form, Path folder, IntConsumer progress) {
        return CacheBuilder.open(set, form, folder, progress);
    }

    /**
     * Identifies what a store of a data set holds: differs if a file, the form, or the way in which images are read does.
     *
     * @return 32 bytes
     * @throws IOException if a file cannot be looked at
     */
    static byte[] key(DataSet set, Form form) throws IOException {
        return CacheFile.key(set, form);
    }

    /** One image. */
    default Image image(int sample) {
        byte[] pixels = new byte[form().bytes()];
        read(sample, pixels);
        return new Image(form().channels(), form().height(), form().width(), pixels);
    }

    /** Decodes and resizes a file. */
    static Image decode(Path file, Form form) {
        return decode(file, form, note -> {});
    }

    /**
     * Decodes and resizes a file.
     *
     * @param notes receives what the user should know of how it was read, without its name
     */
    static Image decode(Path file, Form form, Consumer<String> notes) {
        return ImageFiles.read(file, form.channels(), form.height(), form.width(), form.mode(), notes);
    }

    /** Decodes and resizes the content of a file. */
    static Image decode(byte[] content, Form form, Consumer<String> notes) {
        return ImageFiles.read(content, form.channels(), form.height(), form.width(), form.mode(), notes);
    }

    /** Decodes and resizes a sample; messages contain its name, notes do not. */
    static Image decode(Sample sample, Form form, Consumer<String> notes) {
        if (sample.input() instanceof Input.OfFile of) {
            return decode(of.file(), form, notes);
        }
        try (InputStream content = sample.input().open()) {
            return decode(content.readAllBytes(), form, notes);
        } catch (IOException e) {
            throw new ImageException(sample.name() + ": cannot be read, " + FileErrors.reason(e), e);
        } catch (ImageException e) {
            throw new ImageException(sample.name() + ": " + e.getMessage(), e);
        }
    }
}
