package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.Map;

/**
 * Recurrent layers. With layout 0: X [T,N,I], Y [T,D,N,H], Y_h and Y_c [D,N,H]; with layout 1 the batch comes first: X
 * [N,T,I], Y [N,T,D,H], Y_h and Y_c [N,D,H]. D is 2 for bidirectional layers, else 1.
 */
final class RecurrentShapes {
    private RecurrentShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("RNN", n -> layer(n, 1));
        table.put("GRU", n -> layer(n, 3));
        table.put("LSTM", n -> layer(n, 4));
    }

    /** @param gates how many blocks of H rows the weights W [D,gates*H,I] have */
    private static void layer(ShapeContext n, int gates) {
        Shape x = n.shape(0);
        Shape w = n.shape(1);
        Shape r = n.shape(2);
        if (x != null && x.rank() != 3) {
            throw n.error("expected an input of rank 3, found " + x);
        }
        boolean batchFirst = n.flag("layout", false);
        Dim time = x == null ? Dim.unknown() : x.dim(batchFirst ? 1 : 0);
        Dim batch = x == null ? Dim.unknown() : x.dim(batchFirst ? 0 : 1);
        Dim directions = Dim.of(n.node().stringAttribute("direction", "forward").equals("bidirectional") ? 2 : 1);
        Dim hidden = n.node().has("hidden_size")
                ? Dim.of(n.attribute("hidden_size", 0))
                : r != null ? r.dim(-1) : w != null ? w.dim(1).floorDiv(gates) : Dim.unknown();
        if (w != null) {
            n.require(w.dim(0), directions, "directions and the weights' first axis");
            n.require(w.dim(1), hidden.times(gates), "rows of the weights");
            if (x != null) {
                n.require(x.dim(2), w.dim(2), "width of the input and of the weights");
            }
        }
        Shape last = batchFirst ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden);
        n.output(0, batchFirst ? Shape.of(batch, time, directions, hidden) : Shape.of(time, directions, batch, hidden));
        n.output(1, last);
        n.output(2, last);
    }
}
