package dev.hone.vision.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.InflaterInputStream;

/**
 * The EXIF block of a PNG file: in the chunk eXIf, or, in files from before 2017 and by ImageMagick, as text in
 * hexadecimal digits under the keyword "Raw profile type exif" (or APP1), behind a line with its name and one with its
 * length.
 */
final class PngExif {
    private static final int EXIF = PngHeader.type("eXIf");
    private static final int TEXT = PngHeader.type("tEXt");
    private static final int COMPRESSED_TEXT = PngHeader.type("zTXt");
    private static final Set<String> KEYWORDS = Set.of("Raw profile type exif", "Raw profile type APP1");
    /** What precedes the block in a JPEG, and, against the standard, in some PNG files. */
    private static final byte[] PREFIX = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    /** Longest block that is looked at; in a JPEG it cannot be longer either. */
    private static final int MAX_BYTES = 1 << 16;
    /** Digits, line breaks and the lines before them. */
    private static final int MAX_TEXT = 3 * MAX_BYTES;

    private PngExif() {}

    /** Whether a chunk of this type and length is worth reading. */
    static boolean mayBeIn(int type, long length) {
        return type == EXIF && length <= MAX_BYTES || (type == TEXT || type == COMPRESSED_TEXT) && length <= MAX_TEXT;
    }

    /** The orientation in the data of a chunk; 1 (upright) if it says none or is damaged. */
    static int orientation(int type, byte[] data) {
        byte[] block = type == EXIF ? data : profile(type, data);
        int start = block.length >= PREFIX.length && Arrays.equals(block, 0, PREFIX.length, PREFIX, 0, PREFIX.length)
                ? PREFIX.length
                : 0;
        return ImageHeader.orientation(Arrays.copyOfRange(block, start, block.length));
    }

    /** The bytes that a text chunk holds as digits; none if it is another text. */
    private static byte[] profile(int type, byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != 0) {
            end++;
        }
        if (!KEYWORDS.contains(new String(data, 0, end, StandardCharsets.ISO_8859_1))) {
            return new byte[0];
        }
        int text = Math.min(data.length, end + (type == TEXT ? 1 : 2)); // the method of compression follows the keyword
        try (InputStream in = new ByteArrayInputStream(data, text, data.length - text);
                InputStream plain = type == TEXT ? in : new InflaterInputStream(in)) {
            String[] lines = new String(plain.readNBytes(MAX_TEXT), StandardCharsets.ISO_8859_1)
                    .strip()
                    .split("\\s+", 3);
            return HexFormat.of().parseHex(lines[lines.length - 1].replaceAll("\\s", ""));
        } catch (IOException | IllegalArgumentException e) {
            return new byte[0]; // that only loses the rotation
        }
    }
}
