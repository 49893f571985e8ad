package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes tensors of a graph out of one vector that is an input, instead of out of initializers. */
final class FlatModel {
    private FlatModel() {}

    /** Puts slices of the vector in the place of initializers. @return the slices, in the layout's order */
    static List<Value> replace(Ops o, List<Value> initializers, Value vector, FlatLayout layout) {
        List<Value> parts = split(o, vector, layout);
        for (int i = 0; i < parts.size(); i++) {
            initializers.get(i).replaceBy(parts.get(i));
            o.graph().removeConstant(initializers.get(i));
        }
        return parts;
    }

    /** The layout's tensors as slices of the vector. */
    static List<Value> split(Ops o, Value vector, FlatLayout layout) {
        List<FlatLayout.Entry> entries = layout.entries();
        if (entries.size() == 1) {
            return List.of(o.reshape(vector, entries.get(0).dims()));
        }
        Node split = o.node("", "Split", Map.of("axis", 0), entries.size(), vector, o.vector(layout.counts()));
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            parts.add(o.reshape(split.output(i), entries.get(i).dims()));
        }
        return parts;
    }

    /** The model at inference, its trained tensors coming from vector inputs. The model given is changed. */
    static void open(Model model, Map<String, FlatLayout> layouts) {
        Graph graph = model.graph();
        Ops o = new Ops(graph);
        layouts.forEach((name, layout) -> {
            if (layout.total() > 0) {
                Value vector = graph.addInput(name, ElementType.FLOAT, Shape.of(layout.total()));
                List<Value> initializers =
                        layout.entries().stream().map(e -> graph.find(e.name())).toList();
                replace(o, initializers, vector, layout);
            }
        });
        graph.sort();
        graph.uniqueNames();
    }
}
