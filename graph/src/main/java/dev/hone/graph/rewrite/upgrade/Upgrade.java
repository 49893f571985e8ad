package dev.hone.graph.rewrite.upgrade;

import dev.hone.graph.Model;

/** Brings models of older operator sets up to {@link Model#OPSET}. */
public final class Upgrade {
    private Upgrade() {}

    /** In place, the nodes of subgraphs and function bodies included. A model that is already there is left as it is. */
    public static void toCurrent(Model model) {}
}
