package dev.hone.train.step;

import dev.hone.core.HoneException;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Factors on the learning rate and the weight decay of single weights, by name: discriminative learning rates.
 *
 * <p>A weight whose learning rate has the factor 0 is held: no gradient is computed for it, it neither changes nor decays,
 * and batch normalizations whose scale and bias are both held work as at inference. In contrast to a frozen weight it stays
 * part of the state, so that a later phase of training can release it, see {@link Stepper#enter}.
 *
 * @param rate factor on the learning rate, finite, 0 or more
 * @param decay factor on the weight decay, finite, 0 or more; biases and normalization parameters (rank 1 or 0) do not decay
 *     whatever it says
 */
public record WeightFactors(ToDoubleFunction<String> rate, ToDoubleFunction<String> decay) {
    /** Every weight at the full learning rate and weight decay. */
    public static final WeightFactors NONE = new WeightFactors(name -> 1, name -> 1);

    public WeightFactors withRate(ToDoubleFunction<String> value) {
        return new WeightFactors(value, decay);
    }

    public WeightFactors withDecay(ToDoubleFunction<String> value) {
        return new WeightFactors(rate, value);
    }

    /** The same, with the weights of these names held. */
    public WeightFactors holding(Predicate<String> names) {
        return withRate(name -> names.test(name) ? 0 : rate.applyAsDouble(name));
    }

    boolean holds(String name) {
        return rateOf(name) == 0;
    }

    /** @throws HoneException if it is negative or not finite */
    double rateOf(String name) {
        return checked("learning rate", name, rate);
    }

    /** @throws HoneException if it is negative or not finite */
    double decayOf(FlatLayout.Entry weight) {
        boolean decays = weight.dims().length >= 2 && !holds(weight.name());
        return decays ? checked("weight decay", weight.name(), decay) : 0;
    }

    private static double checked(String what, String name, ToDoubleFunction<String> factor) {
        double value = factor.applyAsDouble(name);
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new HoneException("the factor on the " + what + " of '" + name + "' is " + value
                    + ", expected a finite one of 0 or more");
        }
        return value;
    }
}
