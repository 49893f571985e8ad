package dev.hone.tflite.convert;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.rewrite.RemoveDeadCode;
import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteOperator;
import dev.hone.tflite.file.TfliteTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Makes a graph of ONNX of a TFLite file's. */
public final class TfliteConverter {
    private static final String DETECTION = "TFLite_Detection_PostProcess";

    private TfliteConverter() {}

    /**
     * OpenSizes are left open as far as the graph allows: the batch always, height and width if they are asked for or open in the
     * file.
     *
     * @param fileBytes size of the file, by which the size of constants is limited
     * @throws GraphException if an operator, a type or a shape is not supported
     */
    public static Graph convert(TfliteGraph file, long fileBytes, boolean openSize) {
        TfliteGraph cut = StoredWeights.read(withoutDetection(file));
        refuseUnknown(cut);
        List<OpenSizes> attempts = new ArrayList<>(List.of(OpenSizes.FIXED));
        boolean isOpenInFile =
                Arrays.stream(cut.inputs()).mapToObj(cut.tensors()::get).anyMatch(TfliteConverter::isOpen);
        if (!isOpenInFile) {
            attempts.add(0, OpenSizes.OPEN_BATCH);
        }
        if (openSize || isOpenInFile) {
            attempts.add(0, OpenSizes.OPEN);
        }
        for (OpenSizes sizes : attempts) {
            try {
                Graph graph = new GraphWalker(cut, fileBytes, sizes).graph();
                new RemoveDeadCode().run(graph);
                return graph;
            } catch (FixedSizeException e) {
                // The next attempt leaves less open.
                continue;
            }
        }
        throw new GraphException("could not be read");
    }

    /** Whether the graph begins with the normalization of pixels of 0 to 255 that the metadata state. */
    public static boolean isNormalized(TfliteGraph file) {
        return InputNormalization.of(file) != null;
    }

    private static boolean isOpen(TfliteTensor input) {
        for (int axis = 1; axis < input.rank(); axis++) {
            if (input.signature()[axis] == -1) {
                return true;
            }
        }
        return false;
    }

    private static void refuseUnknown(TfliteGraph file) {
        Set<String> unknown = new TreeSet<>();
        for (TfliteOperator operator : file.operators()) {
            if (Rules.of(operator.name()) == null) {
                unknown.add(operator.isCustom() ? "custom " + operator.name() : operator.name());
            }
        }
        if (!unknown.isEmpty()) {
            throw new GraphException("has operators that are not supported: " + String.join(", ", unknown)
                    + "; convert a model that ends before them");
        }
    }

    /**
     * A graph whose detections are made of boxes and class scores by TFLite's own operator ends before it: with the boxes,
     * relative to the anchors, and the scores.
     */
    private static TfliteGraph withoutDetection(TfliteGraph file) {
        List<TfliteOperator> kept = new ArrayList<>();
        List<Integer> outputs =
                new ArrayList<>(Arrays.stream(file.outputs()).boxed().toList());
        for (TfliteOperator operator : file.operators()) {
            List<Integer> made = Arrays.stream(operator.outputs()).boxed().toList();
            if (operator.isCustom()
                    && operator.name().equals(DETECTION)
                    && operator.inputs().length >= 2
                    && outputs.containsAll(made)) {
                outputs.removeAll(made);
                outputs.add(operator.inputs()[0]);
                outputs.add(operator.inputs()[1]);
            } else {
                kept.add(operator);
            }
        }
        return kept.size() == file.operators().size()
                ? file
                : file.withOperators(kept, outputs.stream().mapToInt(i -> i).toArray());
    }
}
