package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.IIOException;

/**
 * What the samples of a TIFF file mean, by its tags (TIFF 6.0 and its supplements).
 *
 * @param color what the first samples of a pixel are
 * @param count samples of a pixel
 * @param bits of each sample, 1..16
 * @param alphaBand index of the sample that is alpha, -1 for none
 * @param premultiplied whether colors are multiplied by alpha already (associated alpha)
 * @param notes what is ignored
 */
record TiffSamples(Color color, int count, int bits, int alphaBand, boolean premultiplied, List<String> notes) {
    /** The photometric interpretations that are read. */
    enum Color {
        GRAY(1),
        GRAY_WHITE_IS_ZERO(1),
        RGB(3),
        /** Converted to RGB by the decoder. */
        YCBCR(3),
        PALETTE(1),
        CMYK(4);

        private final int samples;

        Color(int samples) {
            this.samples = samples;
        }

        /** Samples of a pixel, without extra ones. */
        int samples() {
            return samples;
        }
    }

    private static final Map<Integer, Color> COLORS = Map.of(
            0, Color.GRAY_WHITE_IS_ZERO, 1, Color.GRAY, 2, Color.RGB, 3, Color.PALETTE, 5, Color.CMYK, 6, Color.YCBCR);

    private static final Map<Integer, String> OTHER_COLORS = Map.of(
            4, "a transparency mask",
            8, "CIE L*a*b*",
            9, "ICC L*a*b*",
            10, "ITU L*a*b*",
            32803, "a color filter array",
            32844, "LogL",
            32845, "LogLuv",
            34892, "linear raw");

    private static final List<Integer> COMPRESSIONS = List.of(1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 50013);

    private static final Map<Integer, String> OTHER_COMPRESSIONS = Map.of(
            34661, "JBIG",
            34712, "JPEG 2000",
            33003, "JPEG 2000",
            34887, "LERC",
            34925, "LZMA",
            50000, "Zstandard",
            50001, "WebP",
            50002, "JPEG XL",
            34676, "SGI Log",
            34933, "PNG");

    private static final Map<Integer, String> FORMATS =
            Map.of(2, "signed integer", 3, "floating-point", 5, "complex integer", 6, "complex floating-point");

    private static final int MOST_SAMPLES = 32;
    private static final int CMYK_INKS = 1;
    private static final int ASSOCIATED = 1;
    private static final int UNASSOCIATED = 2;

    /** @throws IIOException if pixels of this kind are not read */
    static TiffSamples of(TiffTags tags, int compression) throws IOException {
        if (!COMPRESSIONS.contains(compression)) {
            String known = OTHER_COMPRESSIONS.get(compression);
            throw new IIOException((known == null ? "compression " + compression : known + " compression")
                    + " is not supported in a TIFF, expected LZW, Deflate, PackBits, CCITT, JPEG or none");
        }
        int format = tags.integer(TIFF.TAG_SAMPLE_FORMAT, "SampleFormat", 1);
        int bits = bits(tags);
        if (FORMATS.containsKey(format)) {
            throw new IIOException(
                    FORMATS.get(format) + " pixels are not supported, expected unsigned integers of up to 16 bits");
        }
        if (bits < 1 || bits > 16 || bits > 1 && bits % 2 == 1) {
            throw new IIOException(bits
                    + "-bit pixels are not supported, expected unsigned integers of 1, 2, 4, 8, 10, 12, 14 or 16 bits");
        }
        int predictor = tags.integer(TIFF.TAG_PREDICTOR, "Predictor", 1);
        if (predictor != 1 && !(predictor == 2 && bits % 8 == 0)) {
            throw new IIOException("predictor " + predictor + " of " + bits + "-bit pixels is not supported");
        }
        Color color = color(tags);
        if (bits < 8 && bits != 2 && color == Color.RGB) {
            throw new IIOException(bits + "-bit RGB is not supported, expected 8 bits or more");
        }
        if (color == Color.YCBCR && bits != 8) {
            throw new IIOException(bits + "-bit YCbCr is not supported, expected 8 bits");
        }
        int count = tags.integer(TIFF.TAG_SAMPLES_PER_PIXEL, "SamplesPerPixel", 1);
        int[] extra = tags.integers(TIFF.TAG_EXTRA_SAMPLES, "ExtraSamples");
        int extras = count - color.samples;
        int alpha = IntStream.range(0, Math.min(extras, extra.length))
                .filter(i -> extra[i] == ASSOCIATED || extra[i] == UNASSOCIATED)
                .findFirst()
                .orElse(-1);
        requireKnownBands(color, count, alpha);
        int ignored = extras - (alpha < 0 ? 0 : 1);
        List<String> notes = ignored == 0
                ? List.of()
                : List.of(ignored + (ignored == 1 ? " extra sample" : " extra samples")
                        + " of each pixel ignored, not declared as alpha");
        return new TiffSamples(
                color,
                count,
                bits,
                alpha < 0 ? -1 : color.samples + alpha,
                alpha >= 0 && extra[alpha] == ASSOCIATED,
                notes);
    }

    private static int bits(TiffTags tags) throws IOException {
        int[] bits = tags.integers(TIFF.TAG_BITS_PER_SAMPLE, "BitsPerSample");
        if (IntStream.of(bits).distinct().count() > 1) {
            int last = bits.length - 1;
            throw new IIOException("samples of "
                    + IntStream.range(0, Math.min(last, MOST_SAMPLES))
                            .mapToObj(i -> Integer.toString(bits[i]))
                            .collect(Collectors.joining(", "))
                    + " and " + bits[last] + " bits in one pixel are not supported");
        }
        return bits.length == 0 ? 1 : bits[0];
    }

    private static Color color(TiffTags tags) throws IOException {
        int photometric = tags.integer(TIFF.TAG_PHOTOMETRIC_INTERPRETATION, "PhotometricInterpretation", -1);
        if (photometric == -1) {
            throw new IIOException("the tag PhotometricInterpretation is missing");
        }
        Color color = COLORS.get(photometric);
        if (color == null) {
            throw new IIOException("pixels that are "
                    + OTHER_COLORS.getOrDefault(photometric, "of photometric interpretation " + photometric)
                    + " are not supported, expected gray, RGB, palette, CMYK or YCbCr");
        }
        if (color == Color.CMYK
                && (tags.integer(TIFF.TAG_INK_SET, "InkSet", CMYK_INKS) != CMYK_INKS
                        || tags.integer(TIFF.TAG_NUMBER_OF_INKS, "NumberOfInks", color.samples) != color.samples)) {
            throw new IIOException("inks other than CMYK are not supported");
        }
        if (color == Color.PALETTE && !tags.has(TIFF.TAG_COLOR_MAP)) {
            throw new IIOException("the tag ColorMap is missing");
        }
        return color;
    }

    /** Bands of a multispectral file are not taken for a picture: nothing says which of them are one. */
    private static void requireKnownBands(Color color, int count, int alpha) throws IIOException {
        int extras = count - color.samples;
        boolean gray = color == Color.GRAY || color == Color.GRAY_WHITE_IS_ZERO;
        boolean whole = color == Color.PALETTE || color == Color.YCBCR;
        if (extras < 0 || count > MOST_SAMPLES || whole && extras > 0 || gray && extras > (alpha < 0 ? 1 : 2)) {
            throw new IIOException(count + " bands are not supported for "
                    + color.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " pixels, expected "
                    + color.samples + (whole ? "" : " and perhaps alpha")
                    + "; export the bands to be used as an RGB or gray image");
        }
    }
}
