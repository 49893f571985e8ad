package dev.hone.graph.rewrite;

import dev.hone.graph.GraphException;
import java.util.List;

/** The index of passes and rules, and the two standard pipelines. */
public final class Passes {
    /** Rules that leave every parameter unchanged, so the model can still be trained afterwards. */
    private static final List<RewriteRule> CLEANING = List.of(
            new InlineConstantIf(),
            new RemoveNoOps(),
            new SumToAdd(),
            new DropCeilMode(),
            new CastLikeToCast(),
            new MergeTransposes(),
            new MergeReshapes(),
            new ConstantReshape(),
            new MergeConcats(),
            new MergeSlices(),
            new MergeClamps(),
            new ClipToHardSigmoid(),
            new ToHardSwish(),
            new ToGelu());

    /** Rules that change or drop parameters. */
    private static final List<RewriteRule> FOLDING = List.of(
            new FoldAffineIntoConv(),
            new FoldAffineIntoGemm(),
            new FoldAffineForward(),
            new FoldPad(),
            new RemoveNeutralElements(),
            new MeanToGlobalPool(),
            new MatMulAddToGemm(),
            new DivToMul());

    private static final RewriteRule LOWERING = new LowerBatchNorm();

    private Passes() {}

    /** All listed rules, in the order in which pipelines try them. */
    public static List<RewriteRule> rules() {
        return java.util.stream.Stream.of(CLEANING, FOLDING, List.of(LOWERING))
                .flatMap(List::stream)
                .toList();
    }

    /** All passes that can be looked up by name: passes, rules and pipelines. */
    public static List<Pass> all() {
        List<Pass> passes = new java.util.ArrayList<>(List.of(
                standard(),
                inference(),
                new RemoveDeadCode(),
                new FoldConstants(new JavaEvaluator()),
                new MergeEqual(true),
                new MergeEqual(false)));
        rules().forEach(rule -> passes.add(RewriteRules.of(rule)));
        return List.copyOf(passes);
    }

    /** @throws GraphException if there is no such pass; the message lists the known ones */
    public static Pass named(String name) {
        return all().stream()
                .filter(pass -> pass.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new GraphException("unknown pass " + name + "; known passes are "
                        + all().stream().map(Pass::name).toList()));
    }

    /**
     * Clean-up for any use of a model, including training: removes dead code and no-ops, folds constants, merges equal
     * nodes, reshapes and the like, to a fixed point. Parameters and batch normalizations are unchanged.
     */
    public static Pass standard() {
        return standard(new JavaEvaluator());
    }

    /** @param evaluator evaluates constants that {@link JavaEvaluator} does not support */
    public static Pass standard(ConstantEvaluator evaluator) {
        return new PassSequence(
                "standard",
                "Clean up a graph without changing its parameters.",
                List.of(
                        new RemoveDeadCode(),
                        new FoldConstants(evaluator),
                        new MergeEqual(false),
                        new RewriteRules("clean", "Simplify operators.", CLEANING)));
    }

    /**
     * {@link #standard()}, plus transformations for models that are not trained further: folds batch normalizations and
     * per-channel constants into weights, merges equal initializers, and brings operators into the form that runs and
     * quantizes best.
     */
    public static Pass inference() {
        return inference(new JavaEvaluator());
    }

    /** @param evaluator evaluates constants that {@link JavaEvaluator} does not support */
    public static Pass inference(ConstantEvaluator evaluator) {
        List<RewriteRule> rules = new java.util.ArrayList<>(CLEANING);
        rules.addAll(FOLDING);
        return new PassSequence(
                "inference",
                "Fold batch normalizations and constants into weights and bring operators into the form that runs best.",
                List.of(
                        standard(evaluator),
                        new RewriteRules("fold", "Fold into weights and simplify operators.", rules),
                        RewriteRules.of(LOWERING),
                        new FoldConstants(evaluator),
                        new MergeEqual(true)));
    }
}
