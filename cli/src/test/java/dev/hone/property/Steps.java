package dev.hone.property;

import java.util.List;

/** The table of all steps. */
final class Steps {
    private static final List<List<Step>> KINDS = List.of(
            ElementwiseSteps.ALL,
            LayoutSteps.ALL,
            LayerSteps.ALL,
            ReductionSteps.ALL,
            PatternSteps.ALL,
            ControlSteps.ALL);

    private Steps() {}

    static boolean apply(Chain chain) {
        List<Step> kind = KINDS.get(Math.min(chain.below(KINDS.size() + 2) % KINDS.size(), KINDS.size() - 1));
        return kind.get(chain.below(kind.size())).apply(chain);
    }
}
