package dev.hone.vision.image;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/**
 * The chunks of a PNG file (ISO/IEC 15948, 5.3): length, type, data and checksum; the last one is IEND. Decoders stop
 * after the last row and do not check for IEND, so a file truncated shortly before its end would pass as complete.
 */
final class PngChunks {
    private static final int SIGNATURE = 8;
    private static final int CHECKSUM = 4;
    private static final int IEND = 'I' << 24 | 'E' << 16 | 'N' << 8 | 'D';

    private PngChunks() {}

    /**
     * Keeps the position of the stream. Data after IEND are ignored.
     *
     * @throws EOFException if the file ends before the end of IEND
     */
    static void requireEnd(ImageInputStream in) throws IOException {
        long start = in.getStreamPosition();
        long at = start + SIGNATURE;
        int type;
        do {
            in.seek(at);
            long length = in.readUnsignedInt();
            type = in.readInt();
            at = in.getStreamPosition() + length + CHECKSUM;
        } while (type != IEND);
        if (at > in.length()) {
            throw new EOFException();
        }
        in.seek(start);
    }
}
