package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** What the header of a file says before anything is decoded: it decides how the pixels are read, and whether. */
interface ImageHeader {
    /** Columns as stored, before the orientation is applied. */
    int width();

    /** Rows as stored. */
    int height();

    /** The value of the EXIF orientation tag, 1..8. */
    int orientation();

    /** What the user should know of how the file is read. */
    default List<String> notes() {
        return List.of();
    }

    /** Bytes that the decoder needs beside those for each pixel that is kept. */
    default long workingBytes() {
        return 0;
    }

    /**
     * Decodes as stored, every {@code step}-th row and column.
     *
     * @param in the file, at any position
     * @param warnings takes what the decoder warns of; damage is thrown
     */
    Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException;

    /**
     * Reads the header; {@code in} is at the first byte of the file.
     *
     * @throws javax.imageio.IIOException if it is of a kind that is not supported
     */
    static ImageHeader read(Container container, ImageInputStream in) throws IOException {
        return switch (container) {
            case PNG -> PngHeader.read(in);
            case JPEG -> JpegHeader.read(in);
            case TIFF -> TiffHeader.read(in);
            case BMP -> BmpHeader.read(in);
        };
    }

    /**
     * The orientation in an EXIF block, which is a TIFF directory; 1 (upright) if it has none or is damaged: that only
     * loses the rotation.
     */
    static int orientation(byte[] exif) {
        try {
            return orientation(new TIFFReader().read(new ByteArrayImageInputStream(exif)));
        } catch (IOException | RuntimeException e) {
            return Orientation.UPRIGHT;
        }
    }

    /** The orientation in a directory, whatever the integer type it is stored as. */
    static int orientation(Directory directory) {
        Entry entry = directory.getEntryById(TIFF.TAG_ORIENTATION);
        int value = entry != null && entry.getValue() instanceof Number n ? n.intValue() : Orientation.UPRIGHT;
        return value >= 1 && value <= 8 ? value : Orientation.UPRIGHT;
    }

    /** Decodes what ImageIO reads as it is, see {@link #decode(ImageInputStream, int, DecoderWarnings)}. */
    static Image decode(Container container, ImageInputStream in, int step, DecoderWarnings warnings)
            throws IOException {
        ImageReader reader = reader(container, in, warnings);
        try {
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            return Pixels.from(reader.read(0, param));
        } finally {
            reader.dispose();
        }
    }

    /** A decoder of the container at the first byte of the file, which reports its warnings. */
    static ImageReader reader(Container container, ImageInputStream in, DecoderWarnings warnings) throws IOException {
        ImageReader reader = container.reader();
        if (warnings != null) {
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        }
        in.seek(0);
        reader.setInput(in, true, true);
        return reader;
    }
}
