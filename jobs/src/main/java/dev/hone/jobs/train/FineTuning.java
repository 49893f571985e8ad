package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Phase;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.network.Adapt;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.WeightDepth;
import dev.hone.train.step.WeightFactors;
import dev.hone.vision.store.ImageStore;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Trains a pretrained network further, from a head that was fitted to its features: first the upper blocks alone, then all,
 * with learning rates that fall towards the input. Batch normalizations keep the statistics that the network was
 * pretrained with.
 */
final class FineTuning {
    /** Factor on the learning rate from one block to the one below it. */
    private static final double DECAY = 0.85;
    /** Share of the training in which only the upper blocks learn. */
    private static final double UPPER_SHARE = 0.3;
    /** The upper ones, as a share of the blocks. */
    private static final double UPPER_BLOCKS = 1 / 3.0;

    private final TrainOptions options;
    private final ImageStore store;
    private final Progress progress;

    FineTuning(TrainOptions options, ImageStore store, Progress progress) {
        this.options = options;
        this.store = store;
        this.progress = progress;
    }

    /**
     * @param start backbone and head, all their weights parameters
     * @param fixed names of constants that are no weights
     */
    Trainer.Outcome run(
            Model start,
            Predicate<String> fixed,
            UnaryOperator<TrainingPlan> plan,
            Predicate<History> replaces,
            long began) {
        WeightDepth depth = WeightDepth.of(start);
        Predicate<String> frozen = fixed.or(Adapt.frozen(options.network().freeze()));
        UnaryOperator<StepOptions> step = base -> base.withFrozen(frozen)
                .withFactors(WeightFactors.NONE.withRate(depth.decay(DECAY)))
                .withKeptStatistics(name -> true);
        int upper = (int) Math.ceil(depth.blocks() * UPPER_BLOCKS);
        List<Phase> phases = Phase.fromTheTop(depth, 0, UPPER_SHARE, Math.max(2, upper));
        return new NetworkTraining(options, store, options.learning().forFineTuning(), progress)
                .run(
                        start,
                        step,
                        base -> plan.apply(base.withPhases(phases)),
                        options.network() + ", fine-tuned from its head, decay " + DECAY,
                        replaces,
                        began);
    }
}
