package dev.hone.train.objective;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Copies nodes into a graph: the nodes of another graph, or of the same one a second time with other inputs. */
final class NodeCopies {
    private final Graph to;
    private final Map<Value, Value> copies = new IdentityHashMap<>();

    NodeCopies(Graph to) {
        this.to = to;
    }

    /** Says what copies read in the place of a value. */
    void replace(Value original, Value by) {
        copies.put(original, by);
    }

    /**
     * @param node its inputs have been copied or replaced, are initializers, or belong to the graph that is copied to;
     *     if it has subgraphs, they are taken out of it
     */
    Node copy(Node node) {
        List<Value> inputs = node.inputs().stream().map(this::of).toList();
        Node copy = to.addNode(node.domain(), node.op(), inputs);
        copy.setOverload(node.overload());
        node.attributes().forEach(copy::set);
        for (Value output : node.outputs()) {
            if (output == null) {
                copy.addOutput(null);
            } else {
                Value made = copy.addOutput(to.freshName(output.name()));
                made.setType(output.type()).setShape(output.shape()).setElements(output.elements());
                copies.put(output, made);
            }
        }
        copy.subgraphs().forEach(this::rewire);
        return copy;
    }

    /** Lets nodes of a subgraph read copies of what they read around it. */
    private void rewire(Graph subgraph) {
        for (Node inner : subgraph.nodes()) {
            for (int i = 0; i < inner.inputs().size(); i++) {
                Value input = inner.input(i);
                if (input != null && isOutside(input, subgraph)) {
                    inner.setInput(i, of(input));
                }
            }
            inner.subgraphs().forEach(this::rewire);
        }
    }

    /** Whether a value belongs to the graph that is copied, and not to one of its subgraphs. */
    private static boolean isOutside(Value value, Graph subgraph) {
        return value.graph() != subgraph && value.graph().owner() == null;
    }

    /** Whether there is something in the graph that is copied to which stands for a value. */
    boolean has(Value value) {
        return copies.containsKey(value) || value.constant() != null || value.graph() == to;
    }

    /** The copy of a value, its replacement, or the value itself if it is in the graph that is copied to. */
    Value of(Value value) {
        if (value == null) {
            return null;
        }
        Value copy = copies.get(value);
        if (copy == null && value.graph() != to) {
            if (value.constant() == null) {
                throw new IllegalStateException("value " + value.name() + " is read before it is copied");
            }
            copy = to.addConstant(value.name(), value.constant());
            copies.put(value, copy);
        }
        return copy == null ? value : copy;
    }
}
