package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The header of a JPEG file (ISO/IEC 10918-1): its segments before the first scan.
 *
 * @param frame the first byte of the frame's marker after 0xff00: SOF0, SOF1 or SOF2
 * @param components 1 (gray), 3 (YCbCr or RGB) or 4 (CMYK or YCCK)
 * @param transform the Adobe color transform, -1 without one
 * @param segments all of them, the start of the first scan last
 * @param scan position of the entropy-coded data of the first scan
 * @param length bytes of the file
 */
record JpegHeader(
        int width,
        int height,
        int orientation,
        int frame,
        int components,
        int transform,
        List<JPEGSegment> segments,
        long scan,
        long length)
        implements ImageHeader {
    private static final int YCCK = 2;
    /** A progressive scan spends at least one bit on a block of 64 pixels. */
    private static final int MOST_PIXELS_PER_BYTE = 512;
    /** Bytes of coefficients that a progressive file may need outside of the heap. */
    private static final long MOST_COEFFICIENTS = 1L << 30;

    private static final int EXIF_PADDING = 1;

    static JpegHeader read(ImageInputStream in) throws IOException {
        List<JPEGSegment> segments = JPEGSegmentUtil.readSegments(in, JPEGSegmentUtil.ALL_SEGMENTS);
        byte[] exif = null;
        int transform = -1;
        JPEGSegment frame = null;
        for (JPEGSegment segment : segments) {
            if (isFrame(segment.marker())) {
                frame = frame == null ? segment : frame;
            } else if (exif == null && segment.marker() == JPEG.APP1 && "Exif".equals(segment.identifier())) {
                try (InputStream data = segment.data()) {
                    byte[] padded = data.readAllBytes();
                    exif = Arrays.copyOfRange(padded, Math.min(EXIF_PADDING, padded.length), padded.length);
                }
            } else if (segment.marker() == JPEG.APP14 && "Adobe".equals(segment.identifier())) {
                // "Adobe", then without a zero in general version, two flags of 16 bits and the transform
                byte[] data = segment.segmentData().readAllBytes();
                transform = data.length >= 12 ? data[11] & 0xff : transform;
            }
        }
        if (frame == null || segments.get(segments.size() - 1).marker() != JPEG.SOS) {
            throw new EOFException();
        }
        try (DataInputStream data = new DataInputStream(frame.segmentData())) {
            int bits = data.readUnsignedByte();
            int height = data.readUnsignedShort();
            int width = data.readUnsignedShort();
            int components = data.readUnsignedByte();
            requireSupported(frame.marker(), bits, components);
            JpegHeader header = new JpegHeader(
                    width,
                    height,
                    exif == null ? Orientation.UPRIGHT : ImageHeader.orientation(exif),
                    frame.marker(),
                    components,
                    transform,
                    segments,
                    in.getStreamPosition(),
                    in.length());
            header.requirePossibleSize();
            return header;
        }
    }

    private static boolean isJfif(JPEGSegment segment) {
        return segment.marker() == JPEG.APP0 && "JFIF".equals(segment.identifier());
    }

    private static boolean isFrame(int marker) {
        return marker >= JPEG.SOF0
                        && marker <= JPEG.SOF15
                        && marker != JPEG.DHT
                        && marker != 0xFFC8
                        && marker != JPEG.DAC
                || marker == JPEG.SOF55;
    }

    private static void requireSupported(int frame, int bits, int components) throws IIOException {
        String kind =
                switch (frame) {
                    case JPEG.SOF0, JPEG.SOF1, JPEG.SOF2 -> null;
                    case JPEG.SOF3 -> "lossless";
                    case JPEG.SOF55 -> "JPEG-LS";
                    case JPEG.SOF9, JPEG.SOF10, JPEG.SOF11 -> "arithmetic-coded";
                    default -> "hierarchical";
                };
        if (kind != null) {
            throw new IIOException(kind + " JPEG is not supported, expected baseline or progressive");
        }
        if (bits != 8) {
            throw new IIOException(bits + "-bit JPEG is not supported, expected 8 bits");
        }
        if (components != 1 && components != 3 && components != 4) {
            throw new IIOException("JPEG with " + components + " components is not supported, expected 1, 3 or 4");
        }
    }

    private void requirePossibleSize() throws IIOException {
        long pixels = (long) width * height;
        if (pixels > length * MOST_PIXELS_PER_BYTE) {
            throw new IIOException("the header says " + width + " x " + height + " pixels, which a file of " + length
                    + " bytes cannot hold");
        }
        if (coefficients() > MOST_COEFFICIENTS) {
            throw new IIOException(
                    width + " x " + height + " pixels are too many for a progressive JPEG; save it as a baseline JPEG");
        }
    }

    /** Bytes of the coefficients that are kept until the last scan. */
    private long coefficients() {
        return frame == JPEG.SOF2 ? (long) width * height * components * Short.BYTES : 0;
    }

    @Override
    public long workingBytes() {
        return length + coefficients();
    }

    @Override
    public Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException {
        byte[] bytes = pixelsOnly(in);
        boolean complete = hasEnd(bytes);
        ImageReader reader = ImageHeader.reader(Container.JPEG, new ByteArrayImageInputStream(bytes), warnings);
        try {
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            Image image = components == 4
                    ? Pixels.inverseCmyk(reader.readRaster(0, param), transform == YCCK)
                    : Pixels.from(reader.read(0, param));
            warnings.requireNoDamage(complete);
            return image;
        } catch (IOException | RuntimeException e) {
            if (!complete) {
                EOFException cut = new EOFException();
                cut.addSuppressed(e);
                throw cut;
            }
            throw e;
        } finally {
            reader.dispose();
        }
    }

    /**
     * The file without the segments that do not decide its pixels: color profiles, thumbnails, comments and whatever
     * lies between segments.
     */
    private byte[] pixelsOnly(ImageInputStream in) throws IOException {
        if (length - scan > Integer.MAX_VALUE / 2) {
            throw new IIOException("a JPEG file of " + length + " bytes is too large");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) (length - scan) + (1 << 12));
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(JPEG.SOI);
        boolean jfif = segments.stream().anyMatch(JpegHeader::isJfif);
        for (JPEGSegment segment : segments) {
            boolean application = segment.marker() >= JPEG.APP0 && segment.marker() <= JPEG.APP15;
            // JFIF fixes the colors of three components, whatever Adobe's segment says of them
            boolean decides = isJfif(segment)
                    || segment.marker() == JPEG.APP14
                            && "Adobe".equals(segment.identifier())
                            && !(jfif && components == 3);
            if (application ? decides : segment.marker() != JPEG.COM) {
                out.writeShort(segment.marker());
                out.writeShort(segment.segmentLength());
                segment.segmentData().transferTo(out);
            }
        }
        byte[] scans = new byte[(int) (length - scan)];
        in.seek(scan);
        in.readFully(scans);
        out.write(scans);
        return bytes.toByteArray();
    }

    /** Whether there is an end marker; entropy-coded data cannot contain one. */
    private static boolean hasEnd(byte[] bytes) {
        for (int i = bytes.length - 2; i >= 0; i--) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xd9) {
                return true;
            }
        }
        return false;
    }
}
