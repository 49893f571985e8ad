package dev.hone.train.step;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Values for the elements of the vector [T] of weights that are the same throughout a weight, and often throughout many: they
 * are computed once for each run of weights with the same {@link WeightFactors} and expanded.
 */
public final class PerWeight {
    /** Weights one after the other with the same factors. */
    private record Run(double rate, double decay, long count) {}

    private final Ops o;
    private final WeightAges ages;
    private final List<Run> runs = new ArrayList<>();

    /** @param ages null where all weights have changed in all steps */
    PerWeight(Ops o, FlatLayout layout, WeightFactors factors, WeightAges ages) {
        this.o = o;
        this.ages = ages;
        for (FlatLayout.Entry entry : layout.entries()) {
            add(factors.rateOf(entry.name()), factors.decayOf(entry), entry.count());
        }
    }

    private void add(double rate, double decay, long count) {
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        boolean same = last != null && last.rate() == rate && last.decay() == decay;
        if (same) {
            runs.set(runs.size() - 1, new Run(rate, decay, last.count() + count));
        } else {
            runs.add(new Run(rate, decay, count));
        }
    }

    /**
     * The learning rate of each weight.
     *
     * @param rate the full one, a scalar or [1]
     * @return [T], or what was given where all have the same factor 1
     */
    Value rates(Value rate) {
        if (runs.stream().allMatch(run -> run.rate() == 1)) {
            return rate;
        }
        return spread((r, d) -> scaled(rate, r));
    }

    /**
     * What weight decay makes of each weight.
     *
     * @param value from the learning rate and the decay's factor, of which neither is 0
     * @param without where there is no decay, a scalar or [1]
     * @return [T], or a scalar or [1] where it is the same for all
     */
    Value decays(Value rate, BiFunction<Value, Double, Value> value, Value without) {
        return spread((r, d) -> d == 0 ? without : value.apply(scaled(rate, r), d));
    }

    /**
     * Adam's correction {@code 1 - beta^t} of an average that started from zero.
     *
     * @param overall the same by the steps of the run
     */
    Value correction(Value beta, Value overall) {
        return ages == null ? overall : ages.correction(beta);
    }

    private Value scaled(Value rate, double factor) {
        return factor == 1 ? rate : o.mul(rate, factor);
    }

    private Value spread(BiFunction<Double, Double, Value> value) {
        if (runs.size() == 1) {
            return value.apply(runs.get(0).rate(), runs.get(0).decay());
        }
        return o.concat(
                0,
                runs.stream()
                        .map(run -> o.op("Expand", value.apply(run.rate(), run.decay()), o.vector(run.count())))
                        .toList());
    }
}
