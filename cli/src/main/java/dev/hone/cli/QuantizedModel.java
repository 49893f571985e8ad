package dev.hone.cli;

import dev.hone.compress.qat.QuantizationAwareTraining;
import dev.hone.compress.quantize.AccuracyGuard;
import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.core.text.Figures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of static quantization, for the terminal and for programs.
 *
 * @param plan null where none was measured
 * @param guarded null where accuracy was not asked for
 * @param learned null where nothing was trained
 */
record QuantizedModel(
        QuantizationResult quantization,
        PlanReport plan,
        AccuracyGuard.Guarded guarded,
        QuantizationAwareTraining.Outcome learned,
        Audit audit,
        long bytes,
        long parentBytes) {
    /** Whether something was left in float on purpose: because that is faster, or because the guard returned it. */
    private boolean isMixed() {
        return plan != null && !plan.isAllIntegers()
                || guarded != null && !guarded.returned().isEmpty();
    }

    /** What the runtime leaves in float though it was meant to be integer; between the two it converts on purpose. */
    private List<Audit.Finding> unintended() {
        return isMixed() ? List.of() : audit.left();
    }

    Map<String, Object> document(Path file) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("bytes", bytes);
        document.put("parentBytes", parentBytes);
        document.put("integerNodes", audit.integerNodes());
        document.put(
                "leftInFloat",
                unintended().stream().map(Audit.Finding::toString).toList());
        document.put("leftOnPurpose", quantization.left());
        if (plan != null) {
            document.put("plan", PlanText.document(plan));
        }
        if (learned != null) {
            document.put("training", QatOption.document(learned));
        }
        document.put("quantization", done());
        if (guarded != null) {
            document.put("guard", GuardOption.document(guarded));
        }
        return document;
    }

    void print(Path file) {
        System.out.printf(
                "%s  %s, %.0f %% of %s%n",
                file, Figures.bytes(bytes), 100.0 * bytes / parentBytes, Figures.bytes(parentBytes));
        if (plan != null) {
            System.out.println(PlanText.table(plan));
        }
        if (learned != null) {
            System.out.println(learned.summary());
        }
        if (guarded != null) {
            System.out.println(guarded.verdict());
            GuardOption.lines(guarded).forEach(System.out::println);
            if (quantization.origin() == null && !guarded.returned().isEmpty()) {
                System.out.println(done());
            }
        }
        System.out.println(isMixed() ? audit.integerNodes() + " nodes compute in integers" : audit.summary());
        unintended().forEach(finding -> System.out.println("  in float: " + finding));
        quantization.left().forEach((node, reason) -> System.out.println("  left alone: " + node + ": " + reason));
    }

    private String done() {
        return quantization.model().metadata().get(Quantizer.METADATA_KEY);
    }
}
