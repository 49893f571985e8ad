package dev.hone.compress.quantize;

import dev.hone.compress.quantize.PlanReport.Whole;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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

    /** By so much, and by more than the noise, a plan with more nodes in FP32 has to be faster: it is larger. */
    private static final double BETTER = 0.02;

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

    /** Whether a plan is clearly faster than another one; both are entered. */
    boolean isFaster(Set<String> keepFp32, Set<String> than) {
        Entry one = find(keepFp32);
        Entry other = find(than);
        return one != other && new RoundTimes(stopwatch.rounds(List.of(one.file, other.file))).isFaster(0, 1, BETTER);
    }

    /** Whether a plan with more nodes in FP32 is clearly faster than another one; it is entered if so. */
    boolean improves(String name, Set<String> keepFp32, Set<String> on) {
        if (!enter(name, keepFp32)) {
            return false;
        }
        boolean better = isFaster(keepFp32, on);
        if (!better) {
            entries.remove(entries.size() - 1);
        }
        return better;
    }

    /** Whether a plan with fewer nodes in FP32 is not clearly slower than another one; it is entered if so. */
    boolean isAsFast(String name, Set<String> keepFp32, Set<String> as) {
        if (!enter(name, keepFp32)) {
            return false;
        }
        boolean slower = isFaster(as, keepFp32);
        if (slower) {
            entries.remove(entries.size() - 1);
        }
        return !slower;
    }

    private Entry find(Set<String> keepFp32) {
        return entries.stream()
                .filter(e -> e.keepFp32.equals(keepFp32))
                .findFirst()
                .orElseThrow();
    }

    /** @param chosen index into {@code measured}, the first of which is the FP32 model */
    record Outcome(QuantizationResult result, List<Whole> measured, int chosen, String summary) {}

    /**
     * Times float, the first entry, which has all in INT8, the plan and the best one in turn. INT8 has to be faster than FP32
     * by more than the noise; so has a plan than one with fewer nodes in FP32, since that is smaller.
     */
    Outcome decide(Set<String> best) {
        Map<String, Entry> last = new LinkedHashMap<>();
        Entry chosen = find(best);
        entries.stream()
                .filter(e -> e == entries.get(0) || e == chosen || e.name.equals(PlanReport.PLAN))
                .sorted(Comparator.comparingInt(e -> e.keepFp32.size()))
                .forEach(e -> last.put(e.name, e));
        List<Entry> finalists = List.copyOf(last.values());
        List<byte[]> files = new ArrayList<>(List.of(floats));
        finalists.forEach(e -> files.add(e.file));
        RoundTimes times = new RoundTimes(stopwatch.rounds(files));
        int winner = 0;
        for (int i = 1; i < files.size(); i++) {
            if (times.isFaster(i, winner, winner == 0 ? MARGIN : BETTER)) {
                winner = i;
            }
        }
        List<Whole> measured = new ArrayList<>(List.of(new Whole(FP32, times.of(0))));
        for (int i = 1; i < files.size(); i++) {
            measured.add(new Whole(finalists.get(i - 1).name, times.of(i)));
        }
        if (winner == 0) {
            String summary = "INT8 is not faster than FP32 on this CPU; the FP32 model is kept";
            return new Outcome(QuantizationResult.ofFloat(model, calibrated.images(), summary), measured, 0, summary);
        }
        Entry entry = finalists.get(winner - 1);
        String summary = String.format(
                Locale.ROOT, "%s: %.2f times the latency of FP32", entry.name, times.of(winner) / times.of(0));
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
