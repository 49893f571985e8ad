package dev.hone.compress.quantize;

import dev.hone.compress.quantize.PlanReport.Whole;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Whole models of one network, by different plans, timed against each other and against FP32. */
final class PlanSelection {
    static final String FP32 = "FP32";

    /** By so much integers have to be faster than FP32; less is no difference. */
    private static final double MARGIN = 0.03;

    /** By so much one plan has to be faster than another to take its place. */
    private static final double BETTER = 0.01;

    private final Model model;
    private final Quantizer.Calibrated calibrated;
    private final Stopwatch stopwatch;
    private final Map<String, String> reasons;
    private final byte[] floats;
    private final List<Entry> entries = new ArrayList<>();

    /** @param reasons why nodes stay in FP32 whatever is chosen, by their label */
    PlanSelection(Model model, Quantizer.Calibrated calibrated, Stopwatch stopwatch, Map<String, String> reasons) {
        this.reasons = reasons;
        this.model = model;
        this.calibrated = calibrated;
        this.stopwatch = stopwatch;
        this.floats = OnnxWriter.toBytes(model);
    }

    private record Entry(String name, Set<String> keepFp32, QuantizationResult result, byte[] file) {}

    /** Enters a plan, unless it makes the same model as one that is in the contest already. */
    boolean enter(String name, Set<String> keepFp32) {
        QuantizationResult result = Quantizer.write(model, calibrated, keepFp32);
        byte[] file = OnnxWriter.toBytes(result.model());
        if (entries.stream().anyMatch(e -> Arrays.equals(e.file, file))) {
            return false;
        }
        entries.add(new Entry(name, keepFp32, result, file));
        return true;
    }

    /** Milliseconds of the FP32 model and of the first entry. */
    double[] extremes() {
        return stopwatch.time(List.of(floats, entries.get(0).file));
    }

    /** Times all that were entered in turn. @return the nodes that the fastest keeps in FP32 */
    Set<String> fastest() {
        double[] times = stopwatch.time(entries.stream().map(Entry::file).toList());
        int best = 0;
        for (int i = 1; i < times.length; i++) {
            best = times[i] < times[best] ? i : best;
        }
        return entries.get(best).keepFp32;
    }

    /** Whether a plan is clearly faster than another one; it is entered if so. */
    boolean improves(String name, Set<String> keepFp32, Set<String> on) {
        Entry before = find(on);
        if (!enter(name, keepFp32)) {
            return false;
        }
        Entry entry = entries.get(entries.size() - 1);
        double[] times = stopwatch.time(List.of(before.file, entry.file));
        boolean better = times[1] < times[0] * (1 - BETTER);
        if (!better) {
            entries.remove(entry);
        }
        return better;
    }

    private Entry find(Set<String> keepFp32) {
        return entries.stream()
                .filter(e -> e.keepFp32.equals(keepFp32))
                .findFirst()
                .orElseThrow();
    }

    /** @param chosen index into {@code measured}, the first of which is the FP32 model */
    record Outcome(QuantizationResult result, List<Whole> measured, int chosen, String summary) {}

    /** Times float, the first entry, which has all in INT8, and the best plans in turn, and takes the fastest. */
    Outcome decide(Set<String> best) {
        Map<String, Entry> last = new LinkedHashMap<>();
        last.put(entries.get(0).name, entries.get(0));
        last.putIfAbsent(find(best).name, find(best));
        List<Entry> finalists = List.copyOf(last.values());
        List<byte[]> files = new ArrayList<>(List.of(floats));
        finalists.forEach(e -> files.add(e.file));
        double[] times = stopwatch.time(files);
        int winner = 0;
        for (int i = 1; i < times.length; i++) {
            if (times[i] < (winner == 0 ? times[0] * (1 - MARGIN) : times[winner])) {
                winner = i;
            }
        }
        List<Whole> measured = new ArrayList<>(List.of(new Whole(FP32, times[0])));
        for (int i = 1; i < times.length; i++) {
            measured.add(new Whole(finalists.get(i - 1).name, times[i]));
        }
        if (winner == 0) {
            String summary = "INT8 is not faster than FP32 on this CPU; the FP32 model is kept";
            return new Outcome(QuantizationResult.ofFloat(model, calibrated.images(), summary), measured, 0, summary);
        }
        Entry entry = finalists.get(winner - 1);
        String summary =
                String.format(Locale.ROOT, "%s: %.2f times the latency of FP32", entry.name, times[winner] / times[0]);
        return new Outcome(explained(entry.result), measured, winner, summary);
    }

    /** What the plan leaves in FP32, and nothing else keeps there, it leaves because that is faster. */
    private QuantizationResult explained(QuantizationResult result) {
        Map<String, String> left = new LinkedHashMap<>();
        result.left()
                .keySet()
                .forEach(node -> left.put(node, reasons.getOrDefault(node, "kept in FP32 (faster on this CPU)")));
        return new QuantizationResult(result.model(), result.images(), result.int8Nodes(), left, result.origin());
    }
}
