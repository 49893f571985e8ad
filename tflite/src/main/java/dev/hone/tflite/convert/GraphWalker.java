package dev.hone.tflite.convert;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.tflite.file.TensorType;
import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteOperator;
import dev.hone.tflite.file.TfliteTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks over the operators of a file and lets the rules write them. Inputs and outputs of four axes are [N,C,H,W].
 *
 * <p>What a rule wrote is compared with the shapes that the file records: where sizes are left open, the shapes at the sizes of
 * the file must be the same.
 */
final class GraphWalker {
    private final TfliteGraph file;
    private final OpenSizes sizes;
    private final Graph graph = new Graph("tflite");
    private final Ops ops = new Ops(graph);
    private final TensorValues values;
    private final Set<Integer> channelsFirst;

    /** The size in the file of each open one. */
    private final Map<String, Long> symbols = new HashMap<>();

    GraphWalker(TfliteGraph file, long fileBytes, OpenSizes sizes) {
        this.file = file;
        this.sizes = sizes;
        this.values = new TensorValues(file, fileBytes, ops);
        this.channelsFirst = ChannelsFirst.in(file);
    }

    /** @throws FixedSizeException if the graph is right for the sizes of the file only */
    Graph graph() {
        addInputs();
        Map<Integer, DilatedConvolution> dilated = DilatedConvolution.in(file);
        Map<Integer, Convolutions.Spread> spreads = new HashMap<>();
        Set<Integer> merged = new HashSet<>();
        dilated.forEach((index, found) -> {
            Convolutions.Spread spread = DilatedConvolution.spread(context(found.first()), context(found.last()));
            if (spread != null) {
                spreads.put(index, spread);
                merged.add(found.first().index());
                merged.add(found.last().index());
            }
        });
        for (TfliteOperator operator : file.operators()) {
            Convolutions.Spread spread = spreads.get(operator.index());
            if (spread != null) {
                TfliteOperator convolution = dilated.get(operator.index()).convolution();
                write(
                        convolution,
                        convolution.name().equals("CONV_2D")
                                ? c -> Convolutions.convolution(c, spread)
                                : c -> Convolutions.depthwise(c, spread));
            } else if (!merged.contains(operator.index())) {
                write(operator, Rules.of(operator.name()));
            }
        }
        addOutputs();
        return graph;
    }

    private OperatorContext context(TfliteOperator operator) {
        return new OperatorContext(operator, values, ops, sizes);
    }

    // ---- inputs

    private void addInputs() {
        for (int index : file.inputs()) {
            TfliteTensor tensor = values.tensor(index);
            if (values.isKnown(index)) {
                throw new GraphException("tensor '" + tensor.name() + "' is an input twice, or a constant");
            }
            boolean image = tensor.rank() == ImageOrder.RANK && !channelsFirst.contains(index);
            List<Dim> dims = new ArrayList<>();
            for (int axis = 0; axis < tensor.rank(); axis++) {
                dims.add(dim(tensor, axis));
            }
            if (image) {
                dims = Arrays.stream(ImageOrder.TO_IMAGE).mapToObj(dims::get).toList();
            }
            Value value = input(tensor, new Shape(dims));
            InputNormalization normalization = InputNormalization.of(file);
            values.put(index, normalization == null ? value : normalization.apply(ops, value), image);
        }
    }

    private Value input(TfliteTensor tensor, Shape shape) {
        if (tensor.isQuantized()) {
            ElementType type = tensor.type().elements();
            if (type == null || type.isFloat() || tensor.quantization().isPerAxis()) {
                throw new GraphException(
                        "input '" + tensor.name() + "' of type " + tensor.type() + " is quantized per axis");
            }
            Value integers = graph.addInput(tensor.name(), QuantizedValues.flowing(type), shape);
            return new QuantizedValues(ops)
                    .dequantize(integers, QuantizedValues.flowing(tensor.quantization(), type), 0);
        }
        ElementType inside = TensorValues.valueType(tensor);
        ElementType outside = tensor.type() == TensorType.INT32 ? ElementType.INT32 : inside;
        return ops.cast(graph.addInput(tensor.name(), outside, shape), inside);
    }

    private Dim dim(TfliteTensor tensor, int axis) {
        long size = tensor.shape()[axis];
        boolean isOpenInFile = tensor.signature()[axis] == -1;
        boolean isImage = tensor.rank() == ImageOrder.RANK;
        boolean isSide = isImage && (channelsFirst.contains(tensor.index()) ? axis > 1 : axis == 1 || axis == 2);
        boolean open =
                switch (sizes) {
                    case FIXED -> false;
                    case OPEN_BATCH -> axis == 0 && tensor.rank() > 1 && (size == 1 || isOpenInFile);
                    case OPEN -> isOpenInFile || isSide || axis == 0 && tensor.rank() > 1;
                };
        if (!open) {
            return Dim.of(size);
        }
        boolean isHeight = axis == (channelsFirst.contains(tensor.index()) ? 2 : 1);
        String kind = axis == 0 ? "N" : !isSide ? "D" + axis : isHeight ? "H" : "W";
        String name = kind;
        for (int i = 2; symbols.getOrDefault(name, size) != size; i++) {
            name = kind + i;
        }
        symbols.put(name, size);
        return Dim.symbol(name);
    }

    // ---- operators

    private void write(TfliteOperator operator, Rule rule) {
        try {
            rule.apply(context(operator));
        } catch (FixedSizeException e) {
            throw e;
        } catch (GraphException e) {
            if (sizes != OpenSizes.FIXED) {
                throw new FixedSizeException(e.getMessage());
            }
            throw e.getMessage().startsWith("operator ") ? e : failed(operator, e.getMessage(), e);
        } catch (ArithmeticException | IndexOutOfBoundsException e) {
            throw failed(operator, "its numbers contradict each other; the file is damaged", e);
        }
        for (int output : operator.outputs()) {
            if (values.isWritten(output)) {
                check(operator, output);
            }
        }
    }

    private static GraphException failed(TfliteOperator operator, String why, Exception cause) {
        return new GraphException("operator " + operator.index() + " (" + operator.name() + "): " + why, cause);
    }

    /** Compares the shape that follows from the rules with the one in the file. */
    private void check(TfliteOperator operator, int output) {
        TfliteTensor tensor = values.tensor(output);
        Shape shape = values.writtenShape(output);
        if (shape == null || shape.dims().stream().anyMatch(d -> !d.isConstant() && isUnknown(d))) {
            if (sizes != OpenSizes.FIXED) {
                throw new FixedSizeException("the shape of '" + tensor.name() + "' is not known");
            }
            return;
        }
        boolean isRecorded = tensor.rank() > 0 && Arrays.equals(tensor.shape(), tensor.signature());
        if (isRecorded && !Arrays.equals(atFileSizes(shape), tensor.shape())) {
            String message = "operator " + operator.index() + " (" + operator.name() + ") gives '" + tensor.name()
                    + "' the shape " + shape + ", the file records " + Arrays.toString(tensor.shape());
            throw sizes == OpenSizes.FIXED ? new GraphException(message) : new FixedSizeException(message);
        }
    }

    private static boolean isUnknown(Dim dim) {
        return dim.isAnonymous() || dim.toString().contains("?");
    }

    private int[] atFileSizes(Shape shape) {
        return shape.dims().stream()
                .mapToInt(d -> (int) d.substitute(name -> symbols.containsKey(name) ? Dim.of(symbols.get(name)) : null)
                        .value()
                        .orElse(-1))
                .toArray();
    }

    // ---- outputs

    private void addOutputs() {
        Set<Value> taken = new HashSet<>(graph.inputs());
        Set<String> names = new HashSet<>();
        graph.inputs().forEach(input -> names.add(input.name()));
        for (int index : file.outputs()) {
            TfliteTensor tensor = values.tensor(index);
            Value value = tensor.rank() == ImageOrder.RANK && !channelsFirst.contains(index)
                    ? values.image(index)
                    : values.inFileOrder(index);
            if (tensor.type() == TensorType.INT32 && !tensor.isQuantized()) {
                value = ops.cast(value, ElementType.INT32);
            }
            if (value.constant() != null || !taken.add(value)) {
                value = ops.op("Identity", value);
            }
            value.setName(names.add(tensor.name()) ? tensor.name() : graph.freshName(tensor.name()));
            graph.addOutput(value);
        }
        if (graph.outputs().isEmpty()) {
            throw new HoneException("has no outputs");
        }
    }
}
