package dev.hone.compress.quantize;

import dev.hone.compress.Accuracy;
import dev.hone.compress.CompressionReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What static quantization did.
 *
 * @param plan null where none was measured
 * @param accuracy null where there was no goal
 * @param audit what the runtime runs in INT8
 */
public record StaticInt8Report(QuantizationResult quantization, PlanReport plan, Accuracy accuracy, Audit audit)
        implements CompressionReport {

    @Override
    public String summary() {
        return quantization.model().metadata().get(Quantizer.METADATA_KEY);
    }

    @Override
    public Map<String, String> kept() {
        return quantization.left();
    }

    /** Whether layers are in FP32 on purpose: because that is faster, or for accuracy. */
    private boolean isMixed() {
        return plan != null && !plan.isAllInt8()
                || accuracy != null && !accuracy.fallback().isEmpty();
    }

    /** What the runtime runs in FP32 though it was meant to be INT8; around layers kept on purpose it has to convert. */
    private List<Audit.Finding> unintended() {
        return isMixed() ? List.of() : audit.left();
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(isMixed() ? audit.int8Nodes() + " nodes run in INT8" : audit.summary());
        unintended().forEach(finding -> lines.add("  in FP32: " + finding));
        return lines;
    }

    @Override
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("int8Nodes", audit.int8Nodes());
        details.put(
                "fp32Nodes", unintended().stream().map(Audit.Finding::toString).toList());
        if (plan != null) {
            details.put("plan", plan.document());
        }
        return details;
    }
}
