package dev.hone.vision.image;

import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The header of a BMP file. */
record BmpHeader(int width, int height) implements ImageHeader {
    /** Position of the compression in headers of at least {@link #INFO_BYTES}. */
    private static final int COMPRESSION = 30;

    private static final int HEADER_SIZE = 14;
    /** Size of the first header that has a compression; older ones have none. */
    private static final int INFO_BYTES = 40;

    private static final int JPEG = 4;
    private static final int PNG = 5;

    /** @throws IIOException if it wraps a file of another kind, whose size the header does not tell */
    static BmpHeader read(ImageInputStream in) throws IOException {
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        in.seek(HEADER_SIZE);
        if (in.readInt() >= INFO_BYTES) {
            in.seek(COMPRESSION);
            int compression = in.readInt();
            if (compression == JPEG || compression == PNG) {
                throw new IIOException("a " + (compression == JPEG ? "JPEG" : "PNG")
                        + " inside of a BMP is not supported; save it as a file of its own");
            }
        }
        ImageReader reader = ImageHeader.reader(Container.BMP, in, null);
        try {
            return new BmpHeader(reader.getWidth(0), reader.getHeight(0));
        } finally {
            reader.dispose();
        }
    }

    @Override
    public int orientation() {
        return Orientation.UPRIGHT;
    }

    @Override
    public Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException {
        return ImageHeader.decode(Container.BMP, in, step, warnings);
    }
}
