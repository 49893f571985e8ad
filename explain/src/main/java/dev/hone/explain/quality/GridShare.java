package dev.hone.explain.quality;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The share of attribution that lies on a periodic grid of pixels, beside the grid's share of the area. Strides make
 * networks look at some pixels more than at others, at equal distances whatever the image shows; such a network misses
 * defects between them.
 *
 * <p>A grid of pitch p is a set of the p x p positions (row mod p, column mod p). Each absolute value is divided by the mean
 * of the p x p window around it, so that where the defects lie does not matter, and each map sums to 1. The grid is chosen
 * on all maps but one, as the positions that have more than their share of the area, and measured on that one; the
 * figures are means over the maps left out. Maps without a grid therefore have an {@link #excess()} of about 0, by chance
 * above or below it.
 *
 * @param pitch distance in pixels after which the grid repeats in both directions
 * @param share of the attribution on the grid, 0 to 1
 * @param area the grid's share of the pixels, 0 to 1: what uniform attribution would have on it
 * @param standardError of the excess, over maps
 */
public record GridShare(int pitch, double share, double area, double standardError) {
    /** The smallest pitch that is looked for. */
    public static final int SMALLEST = 2;

    /** The largest pitch that is looked for. */
    public static final int LARGEST = 64;

    /** Multiples of a pitch have the same excess: the smallest pitch with so much of the largest bound is named. */
    private static final double NEARLY = 0.9;

    /** How far the share is above uniform: 0.6 where 5 % of the pixels have 65 % of the attribution. */
    public double excess() {
        return share - area;
    }

    /** What the excess is at least, two standard errors below it. */
    public double lowerBound() {
        return excess() - 2 * standardError;
    }

    /**
     * The grid with the largest {@link #lowerBound()}, and of its multiples the one with the smallest pitch.
     *
     * @param maps as for {@link #ofPitches}
     * @return null if the maps are too few or too small for any pitch
     */
    public static GridShare largest(List<float[]> maps, int width) {
        List<GridShare> all = ofPitches(maps, width);
        GridShare top = all.stream()
                .max(Comparator.comparingDouble(GridShare::lowerBound))
                .orElse(null);
        if (top == null || top.lowerBound() <= 0) {
            return top;
        }
        return all.stream()
                .filter(grid -> grid.lowerBound() >= NEARLY * top.lowerBound())
                .findFirst()
                .orElse(top);
    }

    /**
     * The grid of each pitch from {@link #SMALLEST} to {@link #LARGEST} that fits twice into the maps.
     *
     * @param maps attributions of different images, [H,W] each, all of one size and of the size of the model's input (not
     *     smoothed); maps that are zero everywhere are left out; two or more, and some ten before it says much
     * @param width in pixels
     */
    public static List<GridShare> ofPitches(List<float[]> maps, int width) {
        List<WindowMeans> usable = maps.stream()
                .map(map -> new WindowMeans(map, width))
                .filter(map -> !map.isZero())
                .toList();
        List<GridShare> grids = new ArrayList<>();
        if (usable.size() >= 2) {
            int height = usable.get(0).height();
            for (int pitch = SMALLEST; pitch <= LARGEST && 2 * pitch <= Math.min(height, width); pitch++) {
                grids.add(of(usable, pitch, positions(height, width, pitch)));
            }
        }
        return grids;
    }

    /** The share of the pixels at each position of a grid. */
    private static double[] positions(int height, int width, int pitch) {
        double[] area = new double[pitch * pitch];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                area[y % pitch * pitch + x % pitch] += 1.0 / (height * width);
            }
        }
        return area;
    }

    private static GridShare of(List<WindowMeans> maps, int pitch, double[] area) {
        List<double[]> shares =
                maps.stream().map(map -> map.relativeShares(pitch)).toList();
        double[] sums = new double[area.length];
        for (double[] one : shares) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += one[i];
            }
        }
        int n = maps.size();
        double shareSum = 0;
        double areaSum = 0;
        double squares = 0;
        for (double[] one : shares) {
            double on = 0;
            double of = 0;
            for (int i = 0; i < sums.length; i++) {
                if (sums[i] - one[i] > (n - 1) * area[i]) {
                    on += one[i];
                    of += area[i];
                }
            }
            shareSum += on;
            areaSum += of;
            squares += (on - of) * (on - of);
        }
        double mean = (shareSum - areaSum) / n;
        double variance = Math.max(0, squares / n - mean * mean) * n / (n - 1);
        return new GridShare(pitch, shareSum / n, areaSum / n, Math.sqrt(variance / n));
    }
}
