package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which elements of an input belong together: the pixels of a cell of a grid or of a superpixel, the columns of a table
 * that encode one category. Every element is in one group, so that the sums over groups add up to the sum over elements.
 */
public final class Groups {
    private final int[] of;
    private final List<String> names;
    private final int[] sizes;

    private Groups(int[] of, List<String> names) {
        this(of, names.size(), names);
    }

    private Groups(int[] of, int count, List<String> names) {
        this.of = of;
        this.names = List.copyOf(names);
        this.sizes = new int[count];
        for (int group : of) {
            sizes[group]++;
        }
    }

    /** Each element for itself. */
    public static Groups single(int elements) {
        int[] of = new int[elements];
        for (int i = 0; i < elements; i++) {
            of[i] = i;
        }
        return new Groups(of, elements, List.of());
    }

    /** Elements of one name belong together; groups stand in the order in which their names first come up. */
    public static Groups named(List<String> nameOfElement) {
        Map<String, Integer> index = new LinkedHashMap<>();
        int[] of = new int[nameOfElement.size()];
        for (int i = 0; i < of.length; i++) {
            of[i] = index.computeIfAbsent(nameOfElement.get(i), k -> index.size());
        }
        return new Groups(of, new ArrayList<>(index.keySet()));
    }

    /** Columns of a table, those that encode one category together: {@code color=red}, {@code color=blue}. */
    public static Groups oneHot(List<String> columns) {
        return named(columns.stream().map(c -> c.replaceFirst("=.*", "")).toList());
    }

    /**
     * The pixels of an image in square cells, all channels together.
     *
     * @param shape [C,H,W]
     * @param side of a cell, in pixels; cells at the right and lower edge may be smaller
     */
    public static Groups grid(long[] shape, int side) {
        requireImage(shape, "a grid");
        if (side < 1) {
            throw new GraphException("a grid of cells " + side + " pixels wide, expected 1 or more");
        }
        int height = Math.toIntExact(shape[1]);
        int width = Math.toIntExact(shape[2]);
        int across = (width + side - 1) / side;
        int[] labels = new int[height * width];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i / width / side * across + i % width / side;
        }
        List<String> names = new ArrayList<>();
        for (int top = 0; top < height; top += side) {
            for (int left = 0; left < width; left += side) {
                names.add("row " + top + ", column " + left);
            }
        }
        return new Groups(everyChannel(labels, shape), names);
    }

    /**
     * Regions of an image, all channels together.
     *
     * @param labels by pixel, row-major, from 0 on without gaps
     * @param shape [C,H,W]
     */
    public static Groups regions(int[] labels, long[] shape) {
        requireImage(shape, "regions");
        int count = Arrays.stream(labels).max().orElse(-1) + 1;
        int[] first = new int[count];
        Arrays.fill(first, -1);
        for (int i = labels.length - 1; i >= 0; i--) {
            first[labels[i]] = i;
        }
        List<String> names = new ArrayList<>();
        for (int i : first) {
            names.add("from row " + i / shape[2] + ", column " + i % shape[2]);
        }
        return new Groups(everyChannel(labels, shape), names);
    }

    private static void requireImage(long[] shape, String what) {
        if (shape.length != 3) {
            throw new GraphException(what + " is for images [C,H,W], the model's input is " + Arrays.toString(shape)
                    + " without the batch");
        }
    }

    private static int[] everyChannel(int[] labels, long[] shape) {
        int[] of = new int[Math.toIntExact(shape[0] * shape[1] * shape[2])];
        for (int i = 0; i < of.length; i++) {
            of[i] = labels[i % labels.length];
        }
        return of;
    }

    /** Number of groups. */
    public int count() {
        return sizes.length;
    }

    /** Number of elements. */
    public int elements() {
        return of.length;
    }

    /** The group of an element. */
    public int of(int element) {
        return of[element];
    }

    public String name(int group) {
        return names.isEmpty() ? Integer.toString(group) : names.get(group);
    }

    /** Number of a group's elements. */
    public int size(int group) {
        return sizes[group];
    }

    /** By group, the sum over its elements. */
    public float[] sum(float[] values) {
        double[] sums = new double[count()];
        for (int i = 0; i < of.length; i++) {
            sums[of[i]] += values[i];
        }
        float[] rounded = new float[sums.length];
        for (int g = 0; g < sums.length; g++) {
            rounded[g] = (float) sums[g];
        }
        return rounded;
    }

    /** By element, its group's value divided evenly, so that sums stay. */
    public float[] spread(float[] byGroup) {
        float[] values = new float[of.length];
        for (int i = 0; i < of.length; i++) {
            values[i] = byGroup[of[i]] / sizes[of[i]];
        }
        return values;
    }

    /** By element, its group's value: a picture of the groups, in which large ones do not look weak. */
    public float[] paint(float[] byGroup) {
        float[] values = new float[of.length];
        for (int i = 0; i < of.length; i++) {
            values[i] = byGroup[of[i]];
        }
        return values;
    }

    Groups checked(int elementsOfInput) {
        if (of.length != elementsOfInput) {
            throw new GraphException(
                    "the groups are of " + of.length + " elements, the model's input has " + elementsOfInput);
        }
        return this;
    }
}
