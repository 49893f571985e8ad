package dev.hone.graph.rewrite;

/** The result of matching a rule at a node: a rewrite, or the reason for declining. */
public sealed interface Match {
    /** @param rewrite performs the replacement; it must change the graph */
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
