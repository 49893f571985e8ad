package dev.hone.vision.store;

import dev.hone.data.DataSet;
import dev.hone.data.Input;
import dev.hone.data.Sample;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageException;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The images of a data set at one size, by index, as uint8 [C,H,W]. Only files that decode are in it: {@link #dataSet()}
 * lists them, {@link #notices()} names the others. Reading is safe from several threads.
 */
public interface ImageStore {
    /** What the images are brought to. */
    record Form(int channels, int height, int width, Resize.Mode mode) {
        public Form {
            if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
                throw new IllegalArgumentException("[" + channels + "," + height + "," + width
                        + "] is no image size, expected 1 or 3 channels and positive sides");
            }
        }

        /** Bytes of one image. */
        public int bytes() {
            return Math.multiplyExact(channels, Math.multiplyExact(height, width));
        }
    }

    Form form();

    /** The samples that decode; index {@code i} here is sample {@code i} there. */
    DataSet dataSet();

    /** Lines about corrupt files and about a cache that could not be written. */
    List<String> notices();

    /** Copies the pixels of a sample, uint8 [C,H,W], to the start of {@code destination}. */
    void read(int sample, byte[] destination);

    /**
     * Decodes every file once, on all processors, and keeps the resized pixels in a file that is mapped into memory: later
     * epochs and later runs decode nothing, and the set may be much larger than the heap. If the file cannot be
     * written (a full disk), images are decoded whenever they are read and a notice says so.
     *
     * @param folder where the cache file is kept; null to keep none
     * @param progress told the number of files done so far; may be called from several threads
     * @throws ImageException if no file decodes
     */
    static ImageStore open(DataSet set, Form form, Path folder, IntConsumer progress) {
        return CacheBuilder.open(set, form, folder, progress);
    }

    /** One image. */
    default Image image(int sample) {
        byte[] pixels = new byte[form().bytes()];
        read(sample, pixels);
        return new Image(form().channels(), form().height(), form().width(), pixels);
    }

    /** Decodes and resizes a file. */
    static Image decode(Path file, Form form) {
        return ImageFiles.read(file, form.channels(), form.height(), form.width(), form.mode());
    }

    /** Decodes and resizes the content of a file. */
    static Image decode(byte[] content, Form form) {
        return ImageFiles.read(content, form.channels(), form.height(), form.width(), form.mode());
    }

    /** Decodes and resizes a sample, whether it is a file or bytes; messages name it. */
    static Image decode(Sample sample, Form form) {
        if (!(sample.input() instanceof Input.OfBytes of)) {
            return decode(sample.file(), form);
        }
        try {
            return decode(of.bytes(), form);
        } catch (ImageException e) {
            throw new ImageException(sample.name() + ": " + e.getMessage(), e);
        }
    }
}
