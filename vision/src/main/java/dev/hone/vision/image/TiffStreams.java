package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.stream.SubImageInputStream;
import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/**
 * The JPEG streams in a TIFF file, one for each tile or strip. Each has a header of its own, which the decoder follows,
 * whatever the tags say of the size.
 */
final class TiffStreams {
    /** Sides of a stream may be padded to whole blocks of a JPEG with subsampled colors. */
    private static final int BLOCK = 16;
    /** Longest side of a JPEG. */
    private static final int MOST_ROWS = 0xffff;

    private TiffStreams() {}

    /**
     * Bytes that decoding the largest of the streams needs, by {@link JpegHeader#workingBytes()}.
     *
     * @param tileWidth columns of a tile or strip
     * @param tileHeight rows of a tile, or of all strips
     * @throws IIOException if a stream is larger than its tile or strip, or of a kind that is not supported
     */
    static long workingBytes(TiffTags tags, ImageInputStream in, int tileWidth, int tileHeight) throws IOException {
        long most = 0;
        long[][] places = {
            tags.longs(TIFF.TAG_TILE_OFFSETS, "TileOffsets"),
            tags.longs(TIFF.TAG_TILE_BYTE_COUNTS, "TileByteCounts"),
            tags.longs(TIFF.TAG_STRIP_OFFSETS, "StripOffsets"),
            tags.longs(TIFF.TAG_STRIP_BYTE_COUNTS, "StripByteCounts"),
            tags.longs(TIFF.TAG_JPEG_INTERCHANGE_FORMAT, "JPEGInterchangeFormat"),
            {} // the length that is stored for it may leave out the scans
        };
        int rows = Math.max(tileHeight, rowsPerStrip(tags));
        for (int kind = 0; kind < places.length; kind += 2) {
            long[] lengths = places[kind + 1];
            for (int i = 0; i < places[kind].length; i++) {
                long at = places[kind][i];
                long rest = in.length() - at;
                long length = i < lengths.length ? Math.min(rest, lengths[i]) : rest;
                JpegHeader header = at < 0 || length < Short.BYTES ? null : header(in, at, length);
                if (header != null) {
                    if (header.width() > padded(tileWidth) || header.height() > padded(rows)) {
                        throw new IIOException("a JPEG of " + header.width() + " x " + header.height()
                                + " pixels is not possible in a part of " + tileWidth + " x " + tileHeight);
                    }
                    most = Math.max(most, header.workingBytes());
                }
            }
        }
        return most;
    }

    /** The rows of a strip, of which the last one may have more than are left; 0 where all are in one. */
    private static int rowsPerStrip(TiffTags tags) throws IOException {
        long[] rows = tags.longs(TIFF.TAG_ROWS_PER_STRIP, "RowsPerStrip");
        return rows.length == 1 && rows[0] > 0 && rows[0] <= MOST_ROWS ? (int) rows[0] : 0;
    }

    private static long padded(int side) {
        return (side + BLOCK - 1L) / BLOCK * BLOCK;
    }

    /** Null where there is no stream with a header: old files keep it in the tags. */
    private static JpegHeader header(ImageInputStream in, long at, long length) throws IOException {
        in.seek(at);
        ImageInputStream stream = new SubImageInputStream(in, length);
        if (stream.readUnsignedShort() != JPEG.SOI) {
            return null;
        }
        stream.seek(0);
        return JpegHeader.read(stream);
    }
}
