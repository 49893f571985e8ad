package dev.hone.vision.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The header of a BMP file. */
record BmpHeader(int width, int height) implements ImageHeader {
    static BmpHeader read(ImageInputStream in) throws IOException {
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
