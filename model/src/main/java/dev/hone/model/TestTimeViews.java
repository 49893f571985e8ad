package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.graph.analysis.ScoreLink;
import dev.hone.graph.analysis.ScoreOutput;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Test-time augmentation: an image is looked at in several views, its flips and quarter turns, and the logits are averaged
 * over them; probabilities are the softmax of the mean. It is done inside the graph, which takes the same images and gives the
 * same outputs; it costs as many times the work as there are views.
 */
public enum TestTimeViews {
    /** The image alone. */
    NONE(),
    /** Two views: the image and its mirror image. */
    HORIZONTAL_FLIP(Symmetry.HORIZONTAL_FLIP),
    /** Two views: the image and the image upside down. */
    VERTICAL_FLIP(Symmetry.VERTICAL_FLIP),
    /** Four views. */
    FLIPS(Symmetry.HORIZONTAL_FLIP, Symmetry.VERTICAL_FLIP),
    /** Eight views, of a square image. */
    FLIPS_AND_TURNS(Symmetry.HORIZONTAL_FLIP, Symmetry.VERTICAL_FLIP, Symmetry.QUARTER_TURNS);

    /** What may be done to an image without changing its class, as the training's augmentation says. */
    public enum Symmetry {
        HORIZONTAL_FLIP,
        VERTICAL_FLIP,
        QUARTER_TURNS;

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Metadata key: the symmetries of the training's augmentation, separated by commas; empty for none. */
    private static final String KEY = "hone.symmetries";

    private final List<Symmetry> needed;

    TestTimeViews(Symmetry... needed) {
        this.needed = List.of(needed);
    }

    /** States in a model what the augmentation of its training did to images. */
    public static void write(Model model, Set<Symmetry> symmetries) {
        model.metadata()
                .put(
                        KEY,
                        symmetries.stream()
                                .sorted()
                                .map(s -> s.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(",")));
    }

    /**
     * Checks that a model's training had all that these views do to an image.
     *
     * @throws HoneException if it had not, or the model does not say
     */
    public void require(String file, Map<String, String> metadata) {
        String stated = metadata.get(KEY);
        if (!needed.isEmpty() && stated == null) {
            throw new HoneException(file + " does not say with which flips and turns it was trained; predictions can be"
                    + " averaged over views of a model that Hone trained on images");
        }
        for (Symmetry symmetry : needed) {
            if (!List.of(stated.split(",")).contains(symmetry.name().toLowerCase(Locale.ROOT))) {
                throw new HoneException(
                        file + " was trained without " + symmetry.text()
                                + " in its augmentation; a class may depend on it, so predictions are not averaged over such views");
            }
        }
    }

    /**
     * The model that averages. {@link #NONE} gives a copy.
     *
     * @param model a classifier with one input, images [N,C,H,W] with N open
     * @throws HoneException if it is something else, or is to be turned and is not square
     */
    public Model of(Model model) {
        Model copy = model.copy();
        if (needed.isEmpty()) {
            return copy;
        }
        if (!BatchSize.of(model).isOpen()) {
            throw new HoneException("the model works on batches of a fixed size, or its batch mixes images; predictions"
                    + " cannot be averaged over views inside it");
        }
        Graph graph = copy.graph();
        ShapeInference.run(copy);
        Value image = graph.inputs().stream()
                .filter(v -> v.constant() == null)
                .findFirst()
                .orElseThrow();
        Value logits = logits(graph);
        List<Use> readers = List.copyOf(image.uses());
        Set<Value> stale = dependent(image);
        Ops o = new Ops(graph);
        List<Value> views = views(o, image);
        Value all = o.concat(0, views);
        readers.forEach(use -> use.node().setInput(use.index(), all));
        average(o, logits, views.size());
        stale.removeAll(dependent(logits));
        for (int i = graph.outputs().size() - 1; i >= 0; i--) {
            if (stale.contains(graph.outputs().get(i))) {
                graph.removeOutput(i);
            }
        }
        ShapeInference.clear(graph);
        graph.sort();
        ShapeInference.run(copy);
        Passes.standard().run(copy);
        return copy;
    }

    private static Value logits(Graph graph) {
        Value scores = ScoreOutput.of(graph).value();
        ScoreLink link = ScoreLink.behind(scores);
        Value logits = link != null && link.overClasses() ? link.logits() : scores;
        Shape shape = logits.shape();
        if (shape == null
                || shape.rank() < 2
                || !shape.dims().subList(1, shape.rank()).stream().allMatch(d -> d.isConstant())) {
            throw new HoneException("the logits of the model, " + logits
                    + ", are no matrix [N,K]; predictions cannot be" + " averaged over views");
        }
        return logits;
    }

    /** All that a value is part of, and the value. */
    private static Set<Value> dependent(Value value) {
        Set<Value> found = new HashSet<>(Set.of(value));
        ArrayDeque<Value> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (Node reader : open.pop().readers()) {
                reader.outputs().stream().filter(y -> y != null && found.add(y)).forEach(open::add);
            }
        }
        return found;
    }

    /** The image first. */
    private List<Value> views(Ops o, Value image) {
        EnumSet<Symmetry> set = EnumSet.copyOf(needed);
        List<Value> views = new ArrayList<>(List.of(image));
        if (set.contains(Symmetry.HORIZONTAL_FLIP)) {
            views.add(reversed(o, image, 3));
        }
        if (set.contains(Symmetry.VERTICAL_FLIP)) {
            List.copyOf(views).forEach(view -> views.add(reversed(o, view, 2)));
        }
        if (set.contains(Symmetry.QUARTER_TURNS)) {
            Shape shape = image.shape();
            if (!shape.dim(2).isConstant() || !shape.dim(2).equals(shape.dim(3))) {
                throw new HoneException("the model takes images of " + shape.dim(3) + " x " + shape.dim(2)
                        + " pixels, which quarter turns would change; average over flips");
            }
            // The four flips of the transposed image are the quarter turns and their mirror images.
            List.copyOf(views).forEach(view -> views.add(o.transpose(view, 0, 1, 3, 2)));
        }
        return views;
    }

    private static Value reversed(Ops o, Value image, int axis) {
        return o.slice(image, axis, -1, Long.MIN_VALUE, -1);
    }

    private static void average(Ops o, Value logits, int views) {
        long[] dims = new long[logits.shape().rank() + 1];
        dims[0] = views;
        dims[1] = -1;
        for (int i = 2; i < dims.length; i++) {
            dims[i] = logits.shape().size(i - 1);
        }
        String name = logits.name();
        Graph graph = o.graph();
        List<Use> readers = List.copyOf(logits.uses());
        Value mean = o.reduceMean(o.reshape(logits, dims), false, 0);
        readers.forEach(use -> use.node().setInput(use.index(), mean));
        for (int i = 0; i < graph.outputs().size(); i++) {
            if (graph.outputs().get(i) == logits) {
                graph.setOutput(i, mean);
            }
        }
        logits.setName(graph.freshName("views"));
        mean.setName(name);
    }
}
