package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.io.IOException;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The first directory of a TIFF file: its tags decide how the samples are read, whatever the decoder takes them for.
 *
 * @param tileWidth pixels of a tile's or strip's row
 * @param tileHeight rows of a tile; 1 for strips, which are read by rows
 * @param jpeg whether tiles are JPEG streams, whose decoder's warnings count
 * @param streamBytes what the decoder needs for one of these streams
 */
record TiffHeader(
        int width,
        int height,
        int orientation,
        TiffSamples samples,
        boolean chunky,
        int tileWidth,
        int tileHeight,
        boolean jpeg,
        long streamBytes)
        implements ImageHeader {
    private static final int OLD_JPEG = 6;
    private static final int JPEG = 7;

    static TiffHeader read(ImageInputStream in) throws IOException {
        CompoundDirectory pages = (CompoundDirectory) new TIFFReader().read(in);
        if (pages.directoryCount() == 0) {
            throw new IIOException("it has no directory");
        }
        Directory directory = pages.getDirectory(0);
        TiffTags tags = new TiffTags(directory);
        int width = size(tags, TIFF.TAG_IMAGE_WIDTH, "ImageWidth");
        int height = size(tags, TIFF.TAG_IMAGE_HEIGHT, "ImageLength");
        int compression = tags.integer(TIFF.TAG_COMPRESSION, "Compression", 1);
        boolean tiled = tags.has(TIFF.TAG_TILE_WIDTH) || tags.has(TIFF.TAG_TILE_OFFSETS);
        int tileWidth = tiled ? size(tags, TIFF.TAG_TILE_WIDTH, "TileWidth") : width;
        int tileHeight = tiled ? size(tags, TIFF.TAG_TILE_HEIGTH, "TileLength") : 1;
        if (tiled && (tileWidth < 1 || tileHeight < 1 || (long) tileWidth * tileHeight > ImageFiles.MAX_PIXELS)) {
            throw new IIOException("the header says tiles of " + tileWidth + " x " + tileHeight + " pixels");
        }
        boolean jpeg = compression == OLD_JPEG || compression == JPEG;
        return new TiffHeader(
                width,
                height,
                ImageHeader.orientation(directory),
                TiffSamples.of(tags, compression),
                tags.integer(TIFF.TAG_PLANAR_CONFIGURATION, "PlanarConfiguration", 1) == 1,
                tileWidth,
                tileHeight,
                jpeg,
                jpeg ? TiffStreams.workingBytes(tags, in, tileWidth, tiled ? tileHeight : height) : 0);
    }

    private static int size(TiffTags tags, int tag, String name) throws IOException {
        int value = tags.integer(tag, name, -1);
        if (value == -1) {
            throw new IIOException("the tag " + name + " is missing");
        }
        return value;
    }

    @Override
    public List<String> notes() {
        return samples.notes();
    }

    @Override
    public long workingBytes() {
        return (long) tileWidth * (jpeg ? tileHeight : 1) * samples.count() * Short.BYTES + streamBytes;
    }

    @Override
    public Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException {
        // the decoder also warns of what is no fault, such as a last strip with fewer rows
        ImageReader reader = ImageHeader.reader(Container.TIFF, in, jpeg ? warnings : null);
        try {
            if (chunky && reader.getRawImageType(0).getNumBands() != samples.count()) {
                throw new IIOException(samples.count() + " samples of " + samples.bits()
                        + " bits are not supported in this order, expected gray, RGB or CMYK and perhaps alpha");
            }
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            return switch (samples.color()) {
                case PALETTE -> Pixels.from(reader.read(0, param));
                case GRAY_WHITE_IS_ZERO -> Pixels.of(reader.readRaster(0, param), samples);
                default -> Pixels.of(reader.read(0, param).getRaster(), samples);
            };
        } finally {
            reader.dispose();
        }
    }
}
