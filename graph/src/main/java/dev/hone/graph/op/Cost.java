package dev.hone.graph.op;

import dev.hone.graph.Dim;
import java.util.function.Function;

/**
 * What running a node or a graph once takes, as numbers or expressions in the symbols of its shapes. Where a shape is not
 * known, an unknown dimension takes part.
 *
 * @param multiplyAdds multiplications with addition in convolutions and products of matrices, the count that is usually
 *     published for networks; element-wise operators have none
 * @param parameters elements of the weights
 * @param bytesRead bytes of the inputs, weights included
 * @param bytesWritten bytes of the outputs
 */
public record Cost(Dim multiplyAdds, Dim parameters, Dim bytesRead, Dim bytesWritten) {
    public static final Cost NONE = new Cost(Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO);

    public Cost plus(Cost other) {
        return new Cost(
                multiplyAdds.plus(other.multiplyAdds),
                parameters.plus(other.parameters),
                bytesRead.plus(other.bytesRead),
                bytesWritten.plus(other.bytesWritten));
    }

    /** The cost of so many runs with the same weights. */
    Cost repeated(Dim times) {
        return new Cost(multiplyAdds.times(times), parameters, bytesRead.times(times), bytesWritten.times(times));
    }

    /** With values in the place of symbols, as {@link Dim#substitute} does. */
    public Cost substitute(Function<String, Dim> values) {
        return new Cost(
                multiplyAdds.substitute(values),
                parameters.substitute(values),
                bytesRead.substitute(values),
                bytesWritten.substitute(values));
    }
}
