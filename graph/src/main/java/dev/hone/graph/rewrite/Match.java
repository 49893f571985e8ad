package dev.hone.graph.rewrite;

/** What a rule says about a node: how to rewrite it, or why it leaves it alone. */
public sealed interface Match {
    /** @param rewrite carries the replacement out; it must change the graph */
    record Found(Runnable rewrite) implements Match {}

    /** @param reason completes "not rewritten, because" */
    record Declined(String reason) implements Match {}

    static Match found(Runnable rewrite) {
        return new Found(rewrite);
    }

    static Match declined(String reason) {
        return new Declined(reason);
    }
}
