package dev.hone.vision.image;

import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReadParam;
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
    public List<String> notes() {
        return List.of();
    }

    @Override
    public long workingBytes() {
        return 0;
    }

    @Override
    public Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException {
        ImageReader reader = ImageHeader.reader(Container.BMP, in, warnings);
        try {
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            return Pixels.from(reader.read(0, param));
        } finally {
            reader.dispose();
        }
    }
}
