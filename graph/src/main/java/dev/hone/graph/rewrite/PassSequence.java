package dev.hone.graph.rewrite;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.op.ShapeInference;
import java.util.List;

/** Runs passes in sequence, repeatedly until none changes anything, with shape inference after each round. */
record PassSequence(String name, String description, List<Pass> passes) implements Pass {
    private static final int ROUNDS = 100;

    PassSequence {
        passes = List.copyOf(passes);
    }

    @Override
    public boolean run(Model model) {
        // Inferring the shapes of calls of model-local functions requires the model.
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
                throw new IllegalStateException("the passes of " + name + " do not terminate");
            }
        }
    }
}
