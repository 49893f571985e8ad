package dev.hone.graph.rewrite;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.op.ShapeInference;
import java.util.List;

/** Passes one after the other, all of them again until none changes anything, with shapes inferred anew each time. */
record PassSequence(String name, String sentence, List<Pass> passes) implements Pass {
    private static final int ROUNDS = 100;

    PassSequence {
        passes = List.copyOf(passes);
    }

    @Override
    public boolean run(Model model) {
        // Calls of the model's own functions have shapes too, which only the model knows.
        ShapeInference.run(model);
        return Pass.super.run(model);
    }

    @Override
    public boolean run(Graph graph) {
        boolean changed = false;
        for (int round = 0; ; round++) {
            ShapeInference.run(graph);
            boolean again = false;
            for (Pass pass : passes) {
                again |= pass.run(graph);
            }
            if (!again) {
                return changed;
            }
            changed = true;
            if (round == ROUNDS) {
                throw new IllegalStateException("the passes of " + name + " do not come to an end");
            }
        }
    }
}
