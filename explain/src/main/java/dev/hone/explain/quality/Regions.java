package dev.hone.explain.quality;

import dev.hone.core.HoneException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parts of an image that predictions of defects should not rest on, [H,W]. */
public final class Regions {
    /** Of each side: a frame of this width has 36 % of the area, a corner of twice the width 4 %. */
    private static final double FRAME = 0.1;

    private Regions() {}

    /** @param given "LEFT,TOP,WIDTH,HEIGHT" in percent of the image, or null */
    public static Map<String, boolean[]> of(int height, int width, String given) {
        Map<String, boolean[]> regions = new LinkedHashMap<>();
        regions.put("the border", frame(height, width));
        double far = 1 - 2 * FRAME;
        regions.put("the upper left corner", rectangle(height, width, 0, 0, 2 * FRAME, 2 * FRAME));
        regions.put("the upper right corner", rectangle(height, width, far, 0, 1, 2 * FRAME));
        regions.put("the lower left corner", rectangle(height, width, 0, far, 2 * FRAME, 1));
        regions.put("the lower right corner", rectangle(height, width, far, far, 1, 1));
        if (given != null) {
            regions.put("the region " + given, parse(height, width, given));
        }
        return regions;
    }

    /** A pixel whose middle lies on the frame's edge belongs to it, on each side. */
    private static boolean[] frame(int height, int width) {
        long rows = Math.round(FRAME * height);
        long columns = Math.round(FRAME * width);
        boolean[] frame = new boolean[height * width];
        for (int i = 0; i < frame.length; i++) {
            int x = i % width;
            int y = i / width;
            frame[i] = y < rows || y >= height - rows || x < columns || x >= width - columns;
        }
        return frame;
    }

    private static boolean[] parse(int height, int width, String given) {
        String[] parts = given.split(",");
        double[] numbers = new double[4];
        boolean right = parts.length == 4;
        for (int i = 0; i < 4 && right; i++) {
            right = parts[i].strip().matches("\\d{1,3}(\\.\\d*)?");
            numbers[i] = right ? Double.parseDouble(parts[i]) / 100 : 0;
        }
        double toX = numbers[0] + numbers[2];
        double toY = numbers[1] + numbers[3];
        if (!right || numbers[2] == 0 || numbers[3] == 0 || toX > 1 + 1e-9 || toY > 1 + 1e-9) {
            throw new HoneException("region " + given
                    + ": expected LEFT,TOP,WIDTH,HEIGHT in percent of the image and inside it, such as 80,90,20,10");
        }
        return rectangle(height, width, numbers[0], numbers[1], toX, toY);
    }

    /** What lies between shares of the sides, by the middles of pixels. */
    private static boolean[] rectangle(int height, int width, double left, double top, double right, double bottom) {
        boolean[] region = new boolean[height * width];
        for (int i = 0; i < region.length; i++) {
            double x = (i % width + 0.5) / width;
            int row = i / width;
            double y = (row + 0.5) / height;
            region[i] = x >= left && x < right && y >= top && y < bottom;
        }
        return region;
    }
}
