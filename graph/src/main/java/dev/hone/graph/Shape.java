package dev.hone.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The shape of a tensor of known rank. A {@link Value} of unknown rank has no shape (null). */
public record Shape(List<Dim> dims) {
    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dims = List.copyOf(dims);
    }

    public static Shape of(long... dims) {
        return new Shape(Arrays.stream(dims).mapToObj(Dim::of).toList());
    }

    public static Shape of(Dim... dims) {
        return new Shape(List.of(dims));
    }

    public int rank() {
        return dims.size();
    }

    /** The dimension at an axis, which may be negative to count from the end. */
    public Dim dim(int axis) {
        return dims.get(axis < 0 ? axis + dims.size() : axis);
    }

    /**
     * The size of an axis.
     *
     * @throws GraphException if the dimension is not a constant
     */
    public long size(int axis) {
        return dim(axis).constant();
    }

    public boolean isConstant() {
        return dims.stream().allMatch(Dim::isConstant);
    }

    /**
     * All dimensions as numbers.
     *
     * @throws GraphException if one is not a constant
     */
    public long[] sizes() {
        return dims.stream().mapToLong(Dim::constant).toArray();
    }

    /** The product of all dimensions. */
    public Dim elements() {
        Dim product = Dim.ONE;
        for (Dim dim : dims) {
            product = product.times(dim);
        }
        return product;
    }

    public OptionalLong count() {
        return elements().value();
    }

    public Shape with(int axis, Dim dim) {
        List<Dim> copy = new ArrayList<>(dims);
        copy.set(axis < 0 ? axis + dims.size() : axis, dim);
        return new Shape(copy);
    }

    @Override
    public String toString() {
        return dims.stream().map(d -> d.isAnonymous() ? "?" : d.toString()).collect(Collectors.joining(",", "[", "]"));
    }
}
