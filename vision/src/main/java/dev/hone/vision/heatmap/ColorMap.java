package dev.hone.vision.heatmap;

/**
 * Perceptually uniform color maps of 256 colors, interpolated in OKLab (B. Ottosson, 2020) with lightness in equal
 * steps. Equal differences look equal, also in grayscale print and to color-blind readers.
 */
public enum ColorMap {
    /** Sequential, for 0..1: near black, violet, orange, pale yellow. */
    SEQUENTIAL(
            new double[] {0.16, 0.05, 285},
            new double[] {0.32, 0.14, 305},
            new double[] {0.48, 0.18, 355},
            new double[] {0.64, 0.18, 40},
            new double[] {0.80, 0.16, 75},
            new double[] {0.96, 0.08, 105}),

    /** Diverging, for -1..1: blue below 0, white at 0, orange above; both ends are equally dark. */
    DIVERGING(
            new double[] {0.47, 0.16, 257},
            new double[] {0.72, 0.10, 250},
            new double[] {0.97, 0.00, 250},
            new double[] {0.97, 0.00, 55},
            new double[] {0.72, 0.15, 58},
            new double[] {0.47, 0.13, 45});

    private final int[] table = new int[256];

    /** @param stops lightness 0..1, chroma and hue in degrees (OKLCh), at equal distances */
    ColorMap(double[]... stops) {
        // the diverging map has its midpoint twice, once for the hue of each side
        boolean doubled = stops[2][0] == stops[3][0];
        int pieces = doubled ? stops.length - 2 : stops.length - 1;
        for (int i = 0; i < table.length; i++) {
            double at = (double) i / (table.length - 1) * pieces;
            int piece = Math.min(pieces - 1, (int) at);
            int from = doubled && piece >= 2 ? piece + 1 : piece;
            double[] a = lab(stops[from]);
            double[] b = lab(stops[from + 1]);
            double t = at - piece;
            table[i] = rgb(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2]));
        }
    }

    /** 0xRRGGBB for a value in 0..1 (sequential) or -1..1 (diverging); clipped. */
    public int color(double value) {
        double unit = this == DIVERGING ? (value + 1) / 2 : value;
        return table[(int) Math.round(255 * Math.max(0, Math.min(1, unit)))];
    }

    private static double[] lab(double[] lch) {
        double hue = Math.toRadians(lch[2]);
        return new double[] {lch[0], lch[1] * Math.cos(hue), lch[1] * Math.sin(hue)};
    }

    /** Converts OKLab to sRGB; out-of-gamut values are clipped. */
    private static int rgb(double lightness, double a, double b) {
        double l = Math.pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        double m = Math.pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        double s = Math.pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        int red = encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
        int green = encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
        int blue = encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
        return red << 16 | green << 8 | blue;
    }

    private static int encode(double linear) {
        double c = Math.max(0, Math.min(1, linear));
        double srgb = c <= 0.0031308 ? 12.92 * c : 1.055 * Math.pow(c, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * srgb);
    }
}
