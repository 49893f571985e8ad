package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Reads PNG, JPEG, BMP and TIFF files as {@link Image}s, and writes PNG. What a file is, is decided by its content.
 *
 * <p>How pixel values are converted:
 *
 * <ul> <li>8-bit values are unchanged; embedded color profiles and gamma chunks are ignored. <li>Other samples are
 * scaled by the full range of the bits that the file declares: 16 bits by {@code round(v * 255 / 65535)}. A 12-bit
 * camera that uses only the lower part of 16 bits therefore gives a dark image; let it write 12 or 8 bits or the full
 * range. <li>Transparent pixels are composited over black; extra samples that are not declared as alpha are ignored,
 * with a note. <li>Palettes are applied; a palette of grays gives a grayscale image. <li>CMYK is converted to RGB.
 * Floating-point, signed and 32-bit values are rejected. <li>The EXIF orientation of JPEG, PNG and TIFF is applied; only
 * the first page of a multi-page TIFF is read.
 * </ul>
 *
 * <p>Memory: the header is checked before anything is decoded. At most {@link #MAX_PIXELS} pixels of a file are decoded.
 * If a smaller size is requested, larger files are subsampled while decoding; at full size they are rejected. Threads
 * that decode concurrently wait rather than fill more than half the heap.
 */
public final class ImageFiles {
    /** Maximum number of pixels decoded from one file. */
    public static final int MAX_PIXELS = 1 << 25;

    /**
     * Changes whenever a file may be read as other pixels than before: what keeps decoded pixels for later is valid for
     * one revision.
     */
    public static final String REVISION = "3 " + libraries();

    /** Maximum number of pixels of a file that is subsampled: all of them are unpacked. */
    private static final long MAX_SOURCE_PIXELS = 1L << 29;

    /**
     * While decoding: up to three 16-bit values from the decoder, and the image before and after its orientation is
     * applied.
     */
    private static final int BYTES_PER_PIXEL = 12;
    /**
     * MiB of heap available for images being decoded: half of the heap, so that many threads with a small heap take
     * turns.
     */
    private static final int HEAP = (int) Math.max(1, Runtime.getRuntime().maxMemory() / 2 >> 20);

    private static final Semaphore DECODING = new Semaphore(HEAP, true);

    private static final Consumer<String> UNHEARD = note -> {};

    private ImageFiles() {}

    private static String libraries() {
        return TIFFReader.class.getPackage().getImplementationVersion() + " " + System.getProperty("java.version");
    }

    /** Size according to the file header, with EXIF orientation applied. */
    public record Size(int height, int width) {}

    /** Reads the whole image: 1 channel if the file is grayscale, otherwise 3. */
    public static Image read(Path file) {
        return decode(ImageSource.of(file), 0, 0, UNHEARD);
    }

    /** Reads an image as model input: converted to {@code channels}, then resized. */
    public static Image read(Path file, int channels, int height, int width, Resize.Mode mode) {
        return read(file, channels, height, width, mode, UNHEARD);
    }

    /**
     * The same.
     *
     * @param notes receives what the user should know of how the file was read, without its name: what was ignored or
     *     assumed
     */
    public static Image read(Path file, int channels, int height, int width, Resize.Mode mode, Consumer<String> notes) {
        return sized(ImageSource.of(file), channels, height, width, mode, notes);
    }

    /** The same for the content of a file. */
    public static Image read(
            byte[] content, int channels, int height, int width, Resize.Mode mode, Consumer<String> notes) {
        return sized(ImageSource.of(content), channels, height, width, mode, notes);
    }

    private static Image sized(
            ImageSource source, int channels, int height, int width, Resize.Mode mode, Consumer<String> notes) {
        return Resize.to(decode(source, height, width, notes).withChannels(channels), height, width, mode);
    }

    /** Reads the size from the header, without decoding. */
    public static Size size(Path file) {
        return withHeader(ImageSource.of(file), (header, in) -> {
            boolean swap = Orientation.swapsAxes(header.orientation());
            return swap ? new Size(header.width(), header.height()) : new Size(header.height(), header.width());
        });
    }

    /** @param height requested height, 0 for full size; the result may be larger, but is only smaller if the file is */
    private static Image decode(ImageSource file, int height, int width, Consumer<String> notes) {
        return withHeader(file, (header, in) -> {
            boolean swap = Orientation.swapsAxes(header.orientation());
            int step = step(file, header, swap ? width : height, swap ? height : width);
            long pixels = (long) (header.height() / step + 1) * (header.width() / step + 1);
            long needed = (pixels * BYTES_PER_PIXEL + header.workingBytes() >> 20) + 1;
            if (header.workingBytes() >> 20 > HEAP) {
                throw new IIOException(
                        "decoding it takes " + needed + " MiB, more than the " + HEAP + " MiB available");
            }
            int mebibytes = (int) Math.min(HEAP, needed);
            DECODING.acquireUninterruptibly(mebibytes);
            try {
                DecoderWarnings warnings = new DecoderWarnings();
                Image image = Orientation.undo(header.decode(in, step, warnings), header.orientation());
                warnings.requireNoDamage(true);
                header.notes().forEach(notes);
                warnings.notes().forEach(notes);
                return image;
            } finally {
                DECODING.release(mebibytes);
            }
        });
    }

    /** The subsampling factor with which the file stays within {@link #MAX_PIXELS}. */
    private static int step(ImageSource file, ImageHeader header, int height, int width) {
        int h = header.height();
        int w = header.width();
        long pixels = (long) h * w;
        int step = (int) Math.ceil(Math.sqrt((double) pixels / MAX_PIXELS));
        boolean whole = height == 0 || width == 0;
        if (step > 1 && (whole || h / step < height || w / step < width || pixels > MAX_SOURCE_PIXELS)) {
            throw new ImageException(file + ": " + w + " x " + h + " pixels are more than the "
                    + (whole
                            ? MAX_PIXELS + " that are decoded whole"
                            : pixels > MAX_SOURCE_PIXELS
                                    ? MAX_SOURCE_PIXELS + " that are read"
                                    : MAX_PIXELS + " that are decoded for a size of " + width + " x " + height)
                    + "; make the image smaller or cut it into tiles");
        }
        return Math.max(1, step);
    }

    private interface Use<T> {
        T apply(ImageHeader header, ImageInputStream in) throws IOException;
    }

    private static <T> T withHeader(ImageSource file, Use<T> use) {
        try (ImageInputStream in = file.open()) {
            byte[] head = new byte[(int) Math.min(Container.HEAD, in.length())];
            in.readFully(head);
            in.seek(0);
            Container container = Container.of(head);
            if (container == null) {
                throw new ImageException(file + ": not a PNG, JPEG, BMP or TIFF image"
                        + (in.length() == 0 ? ", the file is empty" : ""));
            }
            ImageHeader header = ImageHeader.read(container, in);
            if (header.height() < 1 || header.width() < 1) {
                throw new IIOException("the header says " + header.width() + " x " + header.height() + " pixels");
            }
            return use.apply(header, in);
        } catch (IOException | RuntimeException e) {
            if (e instanceof ImageException known) {
                throw known;
            }
            // decoders throw arbitrary exceptions for damaged input
            throw new ImageException(file + ": cannot be decoded, " + reason(e), e);
        } catch (OutOfMemoryError e) {
            // of one large array; the limits above are meant to come first
            throw new ImageException(file + ": cannot be decoded, there is not enough memory for it", e);
        }
    }

    private static String reason(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof EOFException) {
                return "the file is truncated";
            }
        }
        if (!(e instanceof IOException) || e.getMessage() == null) {
            return "the file is damaged"; // a decoder's slip over it, in words for programmers
        }
        return e.getMessage().strip().lines().findFirst().orElse("the file is damaged");
    }

    /** Writes the file atomically; on failure an existing file is kept. Parent folders are created. */
    public static void writePng(Image image, Path file) {
        byte[] bytes = png(image);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, out -> out.write(bytes));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** The bytes of a PNG file. */
    public static byte[] png(Image image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // By default ImageIO uses a temporary file, and fails at exit if there is no space for it.
        try (ImageOutputStream encoded = new MemoryCacheImageOutputStream(out)) {
            if (!ImageIO.write(Pixels.toBuffered(image), "png", encoded)) {
                throw new IOException("this Java has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen in memory
        }
        return out.toByteArray();
    }
}
