package dev.hone.graph.rewrite;

import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Evaluates data movement operators on constants, by an input index per output element. */
final class DataMovementEvaluator {
    /** Elements of a result beyond which it is not evaluated, unless it only moves those of a constant. */
    private static final long LARGEST = 1 << 20;

    private DataMovementEvaluator() {}

    /** @return null if the operator, or this form of it, is not supported */
    static List<Tensor> evaluate(Node node, List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        if (node.is("ConstantOfShape")) {
            return one(constantOfShape(node, x));
        }
        if (x.type().bits() < 8) {
            return null;
        }
        return switch (node.op()) {
            case "Reshape" -> one(reshape(x, inputs.get(1).longs(), node.intAttribute("allowzero", 0) != 0));
            case "Flatten" -> one(flatten(x, (int) node.intAttribute("axis", 1)));
            case "Squeeze" -> one(squeeze(x, inputs.size() > 1 ? inputs.get(1) : null));
            case "Unsqueeze" -> one(unsqueeze(x, inputs.get(1).longs()));
            case "Transpose" -> one(transpose(node, x));
            case "Concat" -> one(concat(inputs, (int) node.intAttribute("axis", 0)));
            case "Slice" -> one(slice(inputs));
            case "Gather" -> one(gatherAxis(x, inputs.get(1), (int) node.intAttribute("axis", 0)));
            case "Expand" -> one(expand(x, inputs.get(1).longs()));
            case "Tile" -> one(tile(x, inputs.get(1).longs()));
            default -> null;
        };
    }

    private static List<Tensor> one(Tensor tensor) {
        return tensor == null ? null : Collections.singletonList(tensor);
    }

    // ---- indices

    /** ONNX's multidirectional broadcasting; null if the shapes are incompatible. */
    static long[] broadcast(long[] a, long[] b) {
        long[] out = new long[Math.max(a.length, b.length)];
        for (int i = 1; i <= out.length; i++) {
            long da = i <= a.length ? a[a.length - i] : 1;
            long db = i <= b.length ? b[b.length - i] : 1;
            if (da != db && da != 1 && db != 1) {
                return null;
            }
            out[out.length - i] = da == 1 ? db : da;
        }
        return out;
    }

    /** The source index of each element of the broadcast shape. */
    static int[] broadcastIndex(long[] from, long[] to) {
        long[] stride = new long[to.length];
        long step = 1;
        for (int i = 1; i <= from.length; i++) {
            long dim = from[from.length - i];
            stride[to.length - i] = dim == 1 ? 0 : step;
            step *= dim;
        }
        return strided(to, stride, 0);
    }

    /** {@code offset + sum of index[i] * stride[i]} for every index of a shape, last axis fastest. */
    private static int[] strided(long[] dims, long[] stride, long offset) {
        int[] out = new int[Math.toIntExact(Tensor.count(dims))];
        long[] index = new long[dims.length];
        long at = offset;
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) at;
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                at += stride[axis];
                if (++index[axis] < dims[axis]) {
                    break;
                }
                at -= stride[axis] * index[axis];
                index[axis] = 0;
            }
        }
        return out;
    }

    private static long[] strides(long[] dims) {
        long[] stride = new long[dims.length];
        long step = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            stride[i] = step;
            step *= dims[i];
        }
        return stride;
    }

    static Tensor gather(Tensor x, int[] index, long[] dims) {
        int width = x.type().bits() / 8;
        ByteBuffer in = x.buffer();
        byte[] out = new byte[index.length * width];
        for (int i = 0; i < index.length; i++) {
            in.get(index[i] * width, out, i * width, width);
        }
        return Tensor.of(x.type(), dims, out);
    }

    /** Converts an index that may count from the end to [0, length]. */
    static int clamp(long index, long length) {
        return (int) Math.max(0, Math.min(index < 0 ? index + length : index, length));
    }

    // ---- operators

    private static Tensor constantOfShape(Node node, Tensor shape) {
        Tensor value =
                node.attribute("value") instanceof Attribute.TensorValue given ? given.value() : Tensor.scalar(0f);
        long[] dims = shape.longs();
        if (Tensor.count(dims) > LARGEST || value.type().bits() < 8) {
            return null;
        }
        return gather(value, new int[(int) Tensor.count(dims)], dims);
    }

    static Tensor reshape(Tensor x, long[] target, boolean allowZero) {
        long[] dims = target.clone();
        int open = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 0 && !allowZero) {
                dims[i] = x.dim(i);
            }
            if (dims[i] == -1) {
                open = i;
            } else {
                known *= dims[i];
            }
        }
        if (open >= 0) {
            dims[open] = known == 0 ? 0 : x.count() / known;
        }
        return x.reshape(dims);
    }

    private static Tensor flatten(Tensor x, int axis) {
        int at = axis < 0 ? axis + x.rank() : axis;
        long rows = Tensor.count(Arrays.copyOf(x.dims(), at));
        return x.reshape(rows, Tensor.count(Arrays.copyOfRange(x.dims(), at, x.rank())));
    }

    private static Tensor squeeze(Tensor x, Tensor axes) {
        List<Long> out = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            int axis = i;
            boolean dropped = axes == null
                    ? x.dim(i) == 1
                    : Arrays.stream(axes.longs()).anyMatch(a -> (a < 0 ? a + x.rank() : a) == axis);
            if (!dropped) {
                out.add(x.dim(i));
            }
        }
        return x.reshape(out.stream().mapToLong(Long::longValue).toArray());
    }

    private static Tensor unsqueeze(Tensor x, long[] axes) {
        int rank = x.rank() + axes.length;
        long[] sorted =
                Arrays.stream(axes).map(a -> a < 0 ? a + rank : a).sorted().toArray();
        List<Long> out = new ArrayList<>();
        for (long dim : x.dims()) {
            out.add(dim);
        }
        for (long axis : sorted) {
            out.add((int) axis, 1L);
        }
        return x.reshape(out.stream().mapToLong(Long::longValue).toArray());
    }

    private static Tensor transpose(Node node, Tensor x) {
        long[] perm = node.intsAttribute("perm");
        int[] order = new int[x.rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = perm == null ? order.length - 1 - i : (int) perm[i];
        }
        return x.transpose(order);
    }

    private static Tensor concat(List<Tensor> parts, int axis) {
        Tensor first = parts.get(0);
        int at = axis < 0 ? axis + first.rank() : axis;
        long[] dims = first.dims();
        dims[at] = parts.stream().mapToLong(p -> p.dim(at)).sum();
        int outer = (int) Tensor.count(Arrays.copyOf(dims, at));
        int width = first.type().bits() / 8;
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(Tensor.count(dims) * width));
        for (int i = 0; i < outer; i++) {
            for (Tensor part : parts) {
                int bytes = (int) (part.data().size() / outer);
                out.put(part.buffer().slice(i * bytes, bytes));
            }
        }
        return Tensor.of(first.type(), dims, out.array());
    }

    private static Tensor slice(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        long[] starts = inputs.get(1).longs();
        long[] ends = inputs.get(2).longs();
        long[] axes = inputs.size() > 3 && inputs.get(3) != null ? inputs.get(3).longs() : null;
        long[] steps =
                inputs.size() > 4 && inputs.get(4) != null ? inputs.get(4).longs() : null;
        long[] dims = x.dims();
        long[] stride = strides(dims);
        long[] plain = stride.clone();
        long offset = 0;
        for (int i = 0; i < starts.length; i++) {
            int axis = axes == null ? i : (int) (axes[i] < 0 ? axes[i] + dims.length : axes[i]);
            long step = steps == null ? 1 : steps[i];
            if (step < 1) {
                return null;
            }
            int start = clamp(starts[i], dims[axis]);
            int end = clamp(ends[i], dims[axis]);
            dims[axis] = end <= start ? 0 : (end - start - 1) / step + 1;
            offset += start * plain[axis];
            stride[axis] = plain[axis] * step;
        }
        return gather(x, strided(dims, stride, offset), dims);
    }

    private static Tensor gatherAxis(Tensor x, Tensor indices, int axis) {
        int at = axis < 0 ? axis + x.rank() : axis;
        long length = x.dim(at);
        long inner = Tensor.count(Arrays.copyOfRange(x.dims(), at + 1, x.rank()));
        long outer = Tensor.count(Arrays.copyOf(x.dims(), at));
        long[] wanted = indices.longs();
        if (Math.multiplyExact(Math.multiplyExact(outer, inner), wanted.length) > Math.max(LARGEST, x.count())) {
            return null;
        }
        int[] index = new int[Math.toIntExact(outer * wanted.length * inner)];
        int k = 0;
        for (long o = 0; o < outer; o++) {
            for (long w : wanted) {
                long row = w < 0 ? w + length : w;
                for (long i = 0; i < inner; i++) {
                    index[k++] = (int) ((o * length + row) * inner + i);
                }
            }
        }
        long[] dims = new long[x.rank() - 1 + indices.rank()];
        System.arraycopy(x.dims(), 0, dims, 0, at);
        System.arraycopy(indices.dims(), 0, dims, at, indices.rank());
        System.arraycopy(x.dims(), at + 1, dims, at + indices.rank(), x.rank() - 1 - at);
        return gather(x, index, dims);
    }

    private static Tensor expand(Tensor x, long[] shape) {
        long[] dims = broadcast(x.dims(), shape);
        return dims == null || Tensor.count(dims) > LARGEST ? null : gather(x, broadcastIndex(x.dims(), dims), dims);
    }

    /** Tiling along an axis is broadcasting along a new axis in front of it. */
    private static Tensor tile(Tensor x, long[] repeats) {
        int rank = x.rank();
        long[] from = new long[2 * rank];
        long[] to = new long[2 * rank];
        long[] dims = new long[rank];
        for (int i = 0; i < rank; i++) {
            from[2 * i] = 1;
            to[2 * i] = repeats[i];
            from[2 * i + 1] = x.dim(i);
            to[2 * i + 1] = x.dim(i);
            dims[i] = x.dim(i) * repeats[i];
        }
        return Tensor.count(dims) > LARGEST ? null : gather(x, broadcastIndex(from, to), dims);
    }
}
