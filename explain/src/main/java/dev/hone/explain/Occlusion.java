package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.ArrayList;
import java.util.List;

/**
 * Occlusion (Zeiler and Fergus 2014): how much the score falls when a part of the input is covered by the mean of the
 * baselines. A window slides over an image [C,H,W], all channels together, over the steps of a sequence [steps,features],
 * or over the columns of a table; an element has the mean over the windows that cover it, as in Captum. With groups,
 * each group is covered in turn.
 */
final class Occlusion extends BlackBoxMethod {
    private final MethodOptions options;

    Occlusion(PerturbationRunner model, MethodOptions options) {
        super(model);
        this.options = options;
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        model.check(input, targets);
        groups.checked(input.length);
        long start = System.nanoTime();
        float[] cover = model.meanBaseline();
        float[] score = model.scores(input, targets);
        float[][] covered = model.scores(groups.count(), targets, (row, to) -> {
            for (int i = 0; i < input.length; i++) {
                to.put(groups.of(i) == row ? cover[i] : input[i]);
            }
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Explanation> explanations = new ArrayList<>();
        for (int k = 0; k < covered.length; k++) {
            float[] falls = new float[groups.count()];
            for (int g = 0; g < falls.length; g++) {
                falls[g] = score[k] - covered[k][g];
            }
            long[] shape = {falls.length};
            explanations.add(told(falls, shape, targets.get(k), score[k], falls.length, seconds, input));
        }
        return explanations;
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets) {
        model.check(input, targets);
        long start = System.nanoTime();
        float[] cover = model.meanBaseline();
        List<Window> windows = windows();
        int width = width();
        int rows = height();
        float[] score = model.scores(input, targets);
        float[][] covered = model.scores(windows.size(), targets, (row, to) -> {
            Window window = windows.get(row);
            for (int i = 0; i < input.length; i++) {
                to.put(window.covers(i / width % rows, i % width) ? cover[i] : input[i]);
            }
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Explanation> explanations = new ArrayList<>();
        for (int k = 0; k < covered.length; k++) {
            float[] falls = meanFalls(windows, score[k], covered[k]);
            explanations.add(told(falls, model.shape(), targets.get(k), score[k], windows.size(), seconds, input));
        }
        return explanations;
    }

    /** By element, over the windows that cover it. @param covered by window, the score without what it covers */
    private float[] meanFalls(List<Window> windows, float score, float[] covered) {
        int width = width();
        double[] sum = new double[height() * width];
        int[] times = new int[sum.length];
        for (int k = 0; k < covered.length; k++) {
            Window window = windows.get(k);
            for (int y = window.top(); y < window.bottom(); y++) {
                for (int x = window.left(); x < window.right(); x++) {
                    sum[y * width + x] += score - covered[k];
                    times[y * width + x]++;
                }
            }
        }
        float[] falls = new float[model.elements()];
        for (int i = 0; i < falls.length; i++) {
            int place = i % sum.length;
            falls[i] = times[place] == 0 ? 0 : (float) (sum[place] / times[place]);
        }
        return falls;
    }

    private Explanation told(
            float[] falls, long[] shape, int target, float score, int runs, double seconds, float[] input) {
        return Explanation.certain(falls, shape, target, score, Float.NaN, runs, seconds)
                .noted(model.whyZero(input));
    }

    private record Window(int top, int bottom, int left, int right) {
        boolean covers(int y, int x) {
            return y >= top && y < bottom && x >= left && x < right;
        }
    }

    /** Of an image [C,H,W] its rows, of a sequence [steps,features] its steps; else 1. */
    private int height() {
        long[] shape = model.shape();
        return shape.length == 1 ? 1 : (int) shape[shape.length - 2];
    }

    private int width() {
        long[] shape = model.shape();
        return (int) shape[shape.length - 1];
    }

    private List<Window> windows() {
        boolean image = model.shape().length >= 3;
        boolean table = model.shape().length == 1;
        int longer = table ? width() : image ? Math.max(height(), width()) : height();
        int side = options.window() > 0 ? options.window() : image ? Math.max(1, longer / 10) : 1;
        int stride = options.stride() > 0 ? options.stride() : Math.max(1, side / 2);
        int high = table ? 1 : side;
        int wide = image || table ? side : width();
        if (side > longer || stride > side) {
            throw new GraphException("a window of " + side + " with a stride of " + stride + " over " + longer
                    + ", expected a window no larger than that and a stride no larger than the window");
        }
        List<Window> windows = new ArrayList<>();
        for (int top : starts(height(), high, stride)) {
            for (int left : starts(width(), wide, stride)) {
                windows.add(new Window(top, Math.min(height(), top + high), left, Math.min(width(), left + wide)));
            }
        }
        return windows;
    }

    /** Up to the one that reaches the end; its window may stick out. */
    private static int[] starts(int length, int window, int stride) {
        int count = 1 + Math.max(0, (length - window + stride - 1) / stride);
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) {
            starts[i] = i * stride;
        }
        return starts;
    }
}
