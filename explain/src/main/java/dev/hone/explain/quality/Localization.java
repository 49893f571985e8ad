package dev.hone.explain.quality;

/** Whether a map lies on the mask of the object, [H,W], true on it. */
public final class Localization {
    private Localization() {}

    /**
     * The pointing game (Zhang et al. 2018, "Top-down neural attention by excitation backprop"): whether the map's
     * largest value lies on the mask, or within a tolerance of it.
     *
     * @param map [H,W]
     * @param tolerance distance in pixels that still counts; the paper's is 15 on images of about 500
     */
    public static boolean pointsAt(float[] map, boolean[] mask, int width, double tolerance) {
        int top = 0;
        for (int i = 1; i < map.length; i++) {
            top = map[i] > map[top] ? i : top;
        }
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] && Math.hypot(i / width - top / width, i % width - top % width) <= tolerance) {
                return true;
            }
        }
        return false;
    }

    /**
     * The energy-based pointing game (Wang et al. 2020, "Score-CAM"): the share of the map's positive values that lies on
     * the mask; 0 where the map has none. A map that is everywhere the same has the mask's share of the area.
     */
    public static double energy(float[] map, boolean[] mask) {
        double on = 0;
        double all = 0;
        for (int i = 0; i < map.length; i++) {
            double value = Math.max(0, map[i]);
            all += value;
            on += mask[i] ? value : 0;
        }
        return all == 0 ? 0 : on / all;
    }

    /** The mask's share of the area. */
    public static double area(boolean[] mask) {
        int on = 0;
        for (boolean set : mask) {
            on += set ? 1 : 0;
        }
        return (double) on / mask.length;
    }
}
