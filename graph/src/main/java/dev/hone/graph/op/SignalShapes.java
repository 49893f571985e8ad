package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.Map;

/** Transforms of signals, their windows, and texts. */
final class SignalShapes {
    private SignalShapes() {}

    static void register(Map<String, ShapeRule> table) {
        for (String name : new String[] {"HannWindow", "HammingWindow", "BlackmanWindow"}) {
            table.put(name, SignalShapes::window);
        }
        table.put("MelWeightMatrix", SignalShapes::mel);
        table.put("DFT", SignalShapes::fourier);
        table.put("STFT", SignalShapes::shortFourier);
    }

    private static void window(ShapeContext n) {
        n.outputType(0, n.typeAttribute("output_datatype", ElementType.FLOAT));
        Dim size = n.element(0);
        n.output(0, size == null ? Dim.unknown() : size);
    }

    /** [dft_length / 2 + 1, bins]. */
    private static void mel(ShapeContext n) {
        n.outputType(0, n.typeAttribute("output_datatype", ElementType.FLOAT));
        Dim bins = n.element(0);
        Dim length = n.element(1);
        n.output(0, length == null ? Dim.unknown() : length.floorDiv(2).plus(1), bins == null ? Dim.unknown() : bins);
    }

    /** The last axis holds real and imaginary parts. */
    private static void fourier(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        Dim axisValue = n.has(2) ? n.element(2) : Dim.of(-2);
        boolean oneSided = n.flag("onesided", false);
        boolean inverse = n.flag("inverse", false);
        Shape y = x.with(-1, oneSided && inverse ? Dim.ONE : Dim.of(2));
        if (axisValue == null || !axisValue.isConstant()) {
            n.output(
                    0,
                    n.has(1) || oneSided ? ShapeContext.unknownOfRank(x.rank()).with(-1, y.dim(-1)) : y);
            return;
        }
        int axis = n.axis(axisValue.constant(), x.rank());
        Dim length = n.has(1) ? n.element(1) : x.dim(axis);
        if (length == null) {
            length = Dim.unknown();
        } else if (oneSided) {
            length = !inverse
                    ? length.floorDiv(2).plus(1)
                    : n.has(1) ? length : length.minus(1).times(2);
        }
        n.output(0, y.with(axis, length));
    }

    /** [batch, frames, bins, 2]. */
    private static void shortFourier(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        Dim step = n.element(1);
        Dim length = n.has(3) ? n.element(3) : n.shape(2) != null ? n.shape(2).dim(0) : null;
        boolean known = step != null && step.isConstant() && length != null;
        Dim frames = known ? x.dim(1).minus(length).floorDiv(step.constant()).plus(1) : Dim.unknown();
        Dim bins = length == null
                ? Dim.unknown()
                : n.flag("onesided", true) ? length.floorDiv(2).plus(1) : length;
        n.output(0, x.dim(0), frames, bins, Dim.of(2));
    }
}
