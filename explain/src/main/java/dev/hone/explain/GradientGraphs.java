package dev.hone.explain;

import dev.hone.graph.Dim;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.Cost;
import dev.hone.graph.op.GraphCost;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions of {@link AttributionGraph}'s graphs of rows, one for each number of classes that are explained at once, and
 * how many rows they take. Models of little work are run whole, many rows at a time, whatever their baselines: what a run
 * costs besides the work, some ten microseconds, would otherwise be most of it. It is the model's size that decides and
 * not a stopwatch, so that the answer is the same every time.
 */
final class GradientGraphs implements AutoCloseable {
    /** MACs and bytes written of one row; from about there on both ways take as long. */
    private static final long LITTLE = 2_000_000;

    private static final int MANY = 32;
    /** No more rows of one baseline stand together, so that several threads find work where there are few baselines. */
    private static final int MOST_ALIKE = 8;

    private final Model prepared;
    private final SessionOptions options;
    private final boolean times;
    private final boolean whole;
    private final int chunk;
    private final Map<Integer, Session> sessions = new HashMap<>();

    /**
     * @param cut whether the model has an affine part to be cut off
     * @param times whether gradients are multiplied by the difference of image and baseline
     * @param chunk rows of one baseline at a time, 0 to choose
     */
    GradientGraphs(Model prepared, boolean cut, boolean times, int chunk, SessionOptions options) {
        int fixed = AttributionGraph.fixedBatch(prepared);
        boolean little = chunk == 0 && isLittle(prepared);
        this.prepared = prepared;
        this.options = options;
        this.times = times;
        this.whole = !cut || little;
        this.chunk = fixed > 0 ? fixed : little ? MANY : Math.max(1, Math.min(chunk, MOST_ALIKE));
        of(1);
    }

    private static boolean isLittle(Model prepared) {
        Cost cost = GraphCost.of(AttributionGraph.copy(prepared, 1).graph()).total();
        Dim work = cost.multiplyAdds().plus(cost.bytesWritten());
        return work.isConstant() && work.constant() <= LITTLE;
    }

    /** Whether each row has its own image, baseline and attribution. */
    boolean whole() {
        return whole;
    }

    /** B, the rows of a run. */
    int chunk() {
        return chunk;
    }

    /**
     * What is run at a time, in an order that does not depend on threads: a group of rows of one baseline, or so many rows
     * as groups of one.
     */
    List<List<SampleGroup>> blocks(PathSamples points) {
        List<SampleGroup> groups = SampleGroup.of(points, whole ? 1 : MOST_ALIKE);
        int size = whole ? chunk : 1;
        List<List<SampleGroup>> blocks = new ArrayList<>();
        for (int first = 0; first < groups.size(); first += size) {
            blocks.add(groups.subList(first, Math.min(groups.size(), first + size)));
        }
        return blocks;
    }

    /** For so many classes at once; stays this one's. */
    synchronized Session of(int targets) {
        return sessions.computeIfAbsent(
                targets,
                k -> Session.open(
                        OnnxWriter.toBytes(
                                whole
                                        ? AttributionGraph.wholeRows(prepared, chunk, k, times)
                                        : AttributionGraph.rows(prepared, chunk, k)),
                        options));
    }

    @Override
    public void close() {
        sessions.values().forEach(Session::close);
    }
}
