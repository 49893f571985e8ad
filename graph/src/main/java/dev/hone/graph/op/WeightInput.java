package dev.hone.graph.op;

import dev.hone.graph.Node;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.List;
import java.util.Locale;

/**
 * An input of an operator that holds weights or a setting.
 *
 * @param index which input, or {@link #EVERY}
 * @param axes what its axes count, from the first on: {@code o} output channels, {@code i} input channels, {@code *} any
 *     number of others; empty where the table does not say
 * @param transposed the attribute that lets output and input channels change places, or ""
 */
public record WeightInput(int index, Role role, List<String> axes, String transposed) {
    /** In place of an index: any input. */
    public static final int EVERY = -1;

    /** {@code 1=kernel[i,o]^transB} */
    static WeightInput parse(String text) {
        int equals = text.indexOf('=');
        int open = text.indexOf('[');
        int close = text.indexOf(']');
        int caret = text.indexOf('^');
        String index = text.substring(0, equals);
        return new WeightInput(
                index.equals("*") ? EVERY : Integer.parseInt(index),
                Role.valueOf(text.substring(equals + 1, open < 0 ? text.length() : open)
                        .toUpperCase(Locale.ROOT)),
                open < 0 ? List.of() : List.of(text.substring(open + 1, close).split(",")),
                caret < 0 ? "" : text.substring(caret + 1));
    }

    /**
     * The axis that counts output channels.
     *
     * @param rank of the tensor
     * @return -1 if there is none
     */
    public int outputAxis(Node node, int rank) {
        return axis(isTransposed(node) ? "i" : "o", rank);
    }

    /** The axis that counts input channels, those of one group; -1 if there is none. */
    public int inputAxis(Node node, int rank) {
        return axis(isTransposed(node) ? "o" : "i", rank);
    }

    /** How many groups of channels are kept apart, 1 for most. */
    public static int groups(Node node) {
        return (int) node.intAttribute("group", 1);
    }

    private boolean isTransposed(Node node) {
        return !transposed.isEmpty() && node.intAttribute(transposed, 0) != 0;
    }

    private int axis(String letter, int rank) {
        int at = axes.indexOf(letter);
        int others = axes.indexOf("*");
        boolean hasAll = rank >= axes.size() - (others >= 0 ? 1 : 0);
        if (at < 0 || !hasAll) {
            return -1;
        }
        return others >= 0 && others < at ? at - axes.size() + rank : at;
    }

    /** As the table writes it. */
    @Override
    public String toString() {
        return (index == EVERY ? "*" : index)
                + "=" + role.name().toLowerCase(Locale.ROOT)
                + (axes.isEmpty() ? "" : "[" + String.join(",", axes) + "]")
                + (transposed.isEmpty() ? "" : "^" + transposed);
    }
}
