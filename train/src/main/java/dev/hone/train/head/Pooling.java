package dev.hone.train.head;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Locale;

/** How a feature map [N,C,H,W] becomes one value per channel, [N,C]. All are ordinary operators with gradients. */
public enum Pooling {
    /** The mean over all positions. */
    MEAN {
        @Override
        Value apply(Ops o, Value map) {
            return o.reduceMean(map, false, 2, 3);
        }
    },
    /** The standard deviation over all positions (divided by their number), {@code sqrt(variance + 1e-8)}. */
    DEVIATION {
        @Override
        Value apply(Ops o, Value map) {
            Value centred = o.sub(map, o.reduceMean(map, true, 2, 3));
            return o.op("Sqrt", o.add(o.reduceMean(o.mul(centred, centred), false, 2, 3), 1e-8));
        }
    },
    /**
     * The generalized mean (GeM; Radenovic et al. 2019) with exponent 3, between mean and maximum: {@code
     * (mean(max(x, 1e-6)^3))^(1/3)}. Negative values count as 1e-6.
     */
    GENERALIZED_MEAN {
        @Override
        Value apply(Ops o, Value map) {
            Value positive = o.op("Max", map, o.constant(FLOOR));
            Value mean = o.reduceMean(o.mul(o.mul(positive, positive), positive), false, 2, 3);
            return o.op("Pow", mean, o.constant(1 / 3f));
        }
    },
    /** The largest value: small defects leave a trace in it. */
    MAXIMUM {
        @Override
        Value apply(Ops o, Value map) {
            return o.op("Flatten", o.op("GlobalMaxPool", map));
        }
    };

    private static final float FLOOR = 1e-6f;

    abstract Value apply(Ops o, Value map);

    /** As in messages: {@code generalized-mean}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
