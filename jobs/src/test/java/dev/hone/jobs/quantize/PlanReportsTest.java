package dev.hone.jobs.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.Accuracy;
import dev.hone.compress.LayerSensitivity;
import dev.hone.compress.plan.Border;
import dev.hone.compress.plan.Choice;
import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.StaticInt8Report;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanReportsTest {
    private static final Choice FP32 = new Choice("FP32", Border.FLOAT, Border.FLOAT, 2, false, false);
    private static final Choice INT8 = new Choice("INT8", Border.FLOAT, Border.BYTES, 0.5, true, true);
    private static final PlanReport PLAN = new PlanReport(
            List.of(new PlanReport.Region(
                    "first .. <last>&more", List.of(FP32, INT8), INT8, 2, 0.5, "because it is faster")),
            0.5,
            List.of(
                    new PlanReport.Whole("FP32", 2.25),
                    new PlanReport.Whole("all in INT8", 0.75),
                    new PlanReport.Whole("the plan", 0.625)),
            2,
            "the plan: 0.28 times the latency of FP32");

    private static String page(String summary, Accuracy accuracy) {
        Model model = new Model(new Graph("net"));
        model.metadata().put(Quantizer.METADATA_KEY, summary);
        QuantizationResult result = new QuantizationResult(model, 8, 0, Map.of(), null);
        return PlanReports.page(
                        "net.onnx", new StaticInt8Report(result, PLAN, accuracy, new Audit(0, List.of(), Map.of())), 2)
                .html();
    }

    @Test
    void thePageIsWholeAndEscaped() {
        String html = page("static INT8", null);
        assertThat(html)
                .contains("<svg", "because it is faster", "net.onnx", "0.63 ms", "&lt;last&gt;&amp;more")
                .contains("The plan: 0.28 times the latency of FP32.");
        assertThat(html.replace("http://www.w3.org", "")).doesNotContain("http://", "https://", "src=\"/");
    }

    /** A layer moved back to FP32 stands there with its noise and its loss; and why the FP32 model was kept at last. */
    @Test
    void thePageShowsWhatAccuracyTook() {
        List<LayerSensitivity> fallback =
                List.of(new LayerSensitivity("worst/layer", 12.34, 1.5), new LayerSensitivity("next", 20, Double.NaN));
        String html = page("none: FP32 is faster <now>", new Accuracy(90, 85, 89.5, 0.6, fallback, 3));
        assertThat(html)
                .contains("worst/layer", "12.3", "1.50", "next", "Accuracy goal met: 89.50 points, FP32 90.00")
                .contains("FP32 is faster &lt;now&gt;");
    }
}
