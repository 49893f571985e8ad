package dev.hone.vision.image;

import com.twelvemonkeys.imageio.stream.BufferedFileImageInputStreamSpi;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Reads PNG, JPEG (also CMYK and YCCK), BMP and TIFF files as {@link Image}s, and writes PNG.
 *
 * <p>How pixel values are converted:
 *
 * <ul> <li>8-bit values are unchanged; embedded color profiles and gamma chunks are ignored. <li>16-bit values are
 * scaled by their full range: {@code round(v * 255 / 65535)}. A 12-bit camera that uses only the lower part of 16 bits
 * therefore gives a dark image; let it write 8 bits or the full range. <li>Transparent pixels are composited over
 * black. <li>Palettes are applied; a palette of grays gives a grayscale image. <li>CMYK is converted to RGB.
 * Floating-point and 32-bit values are rejected. <li>The EXIF orientation of JPEG and TIFF is applied; only the first
 * page of a multi-page TIFF is read.
 * </ul>
 *
 * <p>Memory: at most {@link #MAX_PIXELS} pixels of a file are decoded. If a smaller size is requested, larger files are
 * subsampled while decoding; at full size they are rejected. Threads that decode concurrently wait rather than fill
 * more than half the heap.
 */
public final class ImageFiles {
    /** Maximum number of pixels decoded from one file. */
    public static final int MAX_PIXELS = 1 << 25;

    private static final int HEAD = 1 << 16;

    /** Reads in blocks; the JDK's own file stream makes a system call for every byte. */
    private static final BufferedFileImageInputStreamSpi FILES = new BufferedFileImageInputStreamSpi();

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

    private ImageFiles() {}

    /** Size according to the file header, with EXIF orientation applied. */
    public record Size(int height, int width) {}

    /** Source of the bytes of an image. */
    private interface Source {
        /** The first 64 KiB, which contain any EXIF data; reports a missing or unreadable file. */
        byte[] head();

        ImageInputStream open() throws IOException;
    }

    /** A file; messages contain its path. */
    private record FileSource(Path file) implements Source {
        @Override
        public byte[] head() {
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(HEAD);
            } catch (NoSuchFileException e) {
                throw new ImageException(file + ": no such file", e);
            } catch (IOException e) {
                throw new ImageException(
                        file + ": cannot be read, "
                                + (Files.isDirectory(file) ? "it is a folder" : FileErrors.reason(e)),
                        e);
            }
        }

        @Override
        public ImageInputStream open() throws IOException {
            return FILES.createInputStreamInstance(file.toFile(), false, null);
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** The content of an image file, in memory. */
    private record BytesSource(byte[] bytes) implements Source {
        @Override
        public byte[] head() {
            return Arrays.copyOf(bytes, Math.min(bytes.length, HEAD));
        }

        @Override
        public ImageInputStream open() {
            return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)) {
                @Override
                public long length() {
                    return bytes.length;
                }
            };
        }

        @Override
        public String toString() {
            return "image of " + bytes.length + " bytes";
        }
    }

    /** Reads the whole image: 1 channel if the file is grayscale, otherwise 3. */
    public static Image read(Path file) {
        return decode(new FileSource(file), 0, 0);
    }

    /** Reads an image as model input: converted to {@code channels}, then resized. */
    public static Image read(Path file, int channels, int height, int width, Resize.Mode mode) {
        return sized(new FileSource(file), channels, height, width, mode);
    }

    /** The same for the content of a file. */
    public static Image read(byte[] content, int channels, int height, int width, Resize.Mode mode) {
        return sized(new BytesSource(content), channels, height, width, mode);
    }

    private static Image sized(Source source, int channels, int height, int width, Resize.Mode mode) {
        return Resize.to(decode(source, height, width).withChannels(channels), height, width, mode);
    }

    /** Reads the size from the header, without decoding. */
    public static Size size(Path file) {
        Source source = new FileSource(file);
        int orientation = Orientation.of(source.head());
        return withReader(source, (reader, warnings) -> {
            int h = reader.getHeight(0);
            int w = reader.getWidth(0);
            return Orientation.swapsAxes(orientation) ? new Size(w, h) : new Size(h, w);
        });
    }

    /** @param height requested height, 0 for full size; the result may be larger, but is only smaller if the file is */
    private static Image decode(Source file, int height, int width) {
        int orientation = Orientation.of(file.head());
        boolean swap = Orientation.swapsAxes(orientation);
        return withReader(file, (reader, warnings) -> {
            if (reader.getFormatName().equalsIgnoreCase("png")) {
                PngChunks.requireEnd((ImageInputStream) reader.getInput());
            }
            ImageReadParam param = reader.getDefaultReadParam();
            int step = step(file, reader, swap ? width : height, swap ? height : width);
            if (step > 1) {
                param.setSourceSubsampling(step, step, 0, 0);
            }
            long pixels = (long) (reader.getHeight(0) / step + 1) * (reader.getWidth(0) / step + 1);
            int mebibytes = (int) Math.min(HEAP, 1 + (pixels * BYTES_PER_PIXEL >> 20));
            DECODING.acquireUninterruptibly(mebibytes);
            try {
                BufferedImage decoded = reader.read(0, param);
                if (warnings[0] != null) {
                    throw new IIOException(warnings[0]);
                }
                return Orientation.undo(Pixels.from(decoded), orientation);
            } finally {
                DECODING.release(mebibytes);
            }
        });
    }

    /** The subsampling factor with which the file stays within {@link #MAX_PIXELS}. */
    private static int step(Source file, ImageReader reader, int height, int width) throws IOException {
        int h = reader.getHeight(0);
        int w = reader.getWidth(0);
        if (h < 1 || w < 1) {
            throw new IIOException("the header says " + w + " x " + h + " pixels");
        }
        long pixels = (long) h * w;
        int step = (int) Math.ceil(Math.sqrt((double) pixels / MAX_PIXELS));
        boolean whole = height == 0 || width == 0;
        if (step > 1 && (whole || h / step < height || w / step < width || pixels > Integer.MAX_VALUE)) {
            throw new ImageException(file + ": " + w + " x " + h + " pixels are more than the " + MAX_PIXELS
                    + " that are decoded " + (whole ? "whole" : "for a size of " + width + " x " + height)
                    + "; make the image smaller or cut it into tiles");
        }
        return Math.max(1, step);
    }

    private interface Use<T> {
        T apply(ImageReader reader, String[] warnings) throws IOException;
    }

    private static <T> T withReader(Source file, Use<T> use) {
        try (ImageInputStream in = file.open()) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new ImageException(file + ": not a PNG, JPEG, BMP or TIFF image"
                        + (in.length() == 0 ? ", the file is empty" : ""));
            }
            ImageReader reader = readers.next();
            try {
                String[] warnings = new String[1];
                reader.addIIOReadWarningListener((source, warning) -> {
                    // libjpeg fills missing data with gray and only warns
                    String w = warning.toLowerCase(Locale.ROOT);
                    if (w.contains("premature") || w.contains("corrupt") || w.contains("truncated")) {
                        warnings[0] = warning;
                    }
                });
                reader.setInput(in, true, true);
                return use.apply(reader, warnings);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ImageException known) {
                throw known;
            }
            // decoders throw arbitrary exceptions for damaged input
            throw new ImageException(file + ": cannot be decoded, " + reason(e), e);
        }
    }

    private static String reason(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof EOFException) {
                return "the file is truncated";
            }
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String line = message.strip().lines().findFirst().orElse("");
        return e instanceof IOException ? line : "the file is damaged (" + line + ")";
    }

    /** Writes the file atomically; on failure an existing file is kept. Parent folders are created. */
    public static void writePng(Image image, Path file) {
        byte[] bytes = png(image);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, out -> out.write(bytes));
        } catch (IOException e) {
            throw new ImageException(
                    file + ": cannot be written, " + FileErrors.reason(e) + "; choose another place or make room", e);
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
