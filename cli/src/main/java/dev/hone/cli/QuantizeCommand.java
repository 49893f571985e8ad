package dev.hone.cli;

import dev.hone.compress.quantize.PlanReport;
import dev.hone.core.text.Figures;
import dev.hone.jobs.quantize.PlanReports;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.quantize.QuantizeResult;
import picocli.CommandLine.Command;

@Command(
        name = "quantize",
        header = "Quantize a model to INT8, INT4, FP16 or BF16.",
        description = {
            "",
            "Static quantization calibrates activation ranges on training images of DATA; test images are never used. "
                    + "With --plan measured, the default, each region of the network is timed in FP32 and in INT8 on this "
                    + "CPU, and only what is faster computes in INT8. --plan all quantizes everything that can be.",
            "",
            "Afterwards the runtime is asked what it really runs in INT8; what was left in FP32 is named.",
            "",
            "Examples:",
            "  hone quantize model.onnx --calibrate photos -o int8.onnx --report plan.html",
            "  hone quantize model.onnx --calibrate photos -o int8.onnx --max-drop 0.3",
            "  hone quantize model.onnx --calibrate photos -o int8.onnx --method qat",
            "  hone quantize language.onnx --method weights --rounding hqq -o int4.onnx",
            ""
        })
final class QuantizeCommand extends JobCommand<QuantizeOptions, QuantizeResult> {
    /** So many layers that were kept in FP32 are named. */
    private static final int NAMED = 10;

    QuantizeCommand() {
        super(QuantizeJob.JOB);
    }

    @Override
    void print(QuantizeResult result) {
        System.out.print(LineFormat.format(
                "%s  %s, %.1f %% of %s%n",
                result.file(),
                Figures.bytes(result.bytes()),
                100.0 * result.bytes() / result.originalBytes(),
                Figures.bytes(result.originalBytes())));
        System.out.println(result.report().summary());
        PlanReport plan = PlanReports.plan(result.report());
        if (plan != null) {
            System.out.print(PlanText.table(plan) + "\n");
        }
        if (result.report().accuracy() != null) {
            System.out.println(result.report().accuracy().summary());
            result.report().accuracy().fallback().forEach(layer -> System.out.println("  back to FP32: " + layer));
        }
        result.report().lines().forEach(System.out::println);
        result.report().kept().entrySet().stream()
                .limit(NAMED)
                .forEach(kept -> System.out.println("  in FP32: " + kept.getKey() + ": " + kept.getValue()));
        int more = result.report().kept().size() - NAMED;
        if (more > 0) {
            System.out.println("  and " + more + " more, see --json");
        }
    }
}
