package dev.hone.graph.op;

import dev.hone.graph.Node;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules that {@link OperatorTraits#axes} names: which axes of a node's inputs are which axes of its outputs. Axes
 * that a rule does not link are new, reduced, or slid over by windows. Shapes have to be inferred; where one that matters
 * is not known, there is no link.
 */
public final class AxisRules {
    /** In place of a rule: no axis of an output is one of an input. */
    public static final String NONE = "-";

    /** In place of a rule: nobody has written it yet. */
    public static final String UNWRITTEN = "?";

    /** Adds the links of one node. */
    @FunctionalInterface
    interface Rule {
        void link(AxisLinks node);
    }

    private static final Map<String, Rule> TABLE = new TreeMap<>();

    static {
        LayerAxes.register(TABLE);
        LayoutAxes.register(TABLE);
        IndexAxes.register(TABLE);
        TABLE.put(NONE, n -> {});
        TABLE.put(UNWRITTEN, n -> {});
    }

    private AxisRules() {}

    /** The links of a node; empty where none are known. */
    public static List<AxisLink> links(Node node) {
        AxisLinks links = new AxisLinks(node);
        TABLE.get(OperatorTraits.of(node).axes()).link(links);
        return links.found();
    }

    /** Whether anything is said of a node's axes, be it that they have nothing to do with each other. */
    public static boolean areKnown(Node node) {
        return !OperatorTraits.of(node).axes().equals(UNWRITTEN);
    }

    /** The names that {@link OperatorTraits#axes} may have. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(TABLE.keySet());
    }
}
