package dev.hone.jobs.quantize;

import dev.hone.compress.Accuracy;
import dev.hone.compress.CompressionReport;
import dev.hone.compress.qat.QuantizationAware;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.StaticInt8Report;
import dev.hone.report.PlanPage;
import dev.hone.report.Report;
import java.util.List;

/** Hands what compress measured to the page. */
public final class PlanReports {
    private PlanReports() {}

    /** The measured plan of a report, or null. */
    public static PlanReport plan(CompressionReport report) {
        if (report instanceof StaticInt8Report quantized) {
            return quantized.plan();
        }
        return report instanceof QuantizationAware.Report trained ? trained.plan() : null;
    }

    static void write(QuantizeOptions options, CompressionReport report) {
        page(
                        options.model().getFileName().toString(),
                        report,
                        options.run().session().threads())
                .write(options.report());
    }

    /** @param report has a plan */
    static Report page(String model, CompressionReport report, int threads) {
        PlanReport plan = plan(report);
        Accuracy accuracy = report.accuracy();
        boolean isReturned = plan.chosen() != 0 && report.summary().startsWith("none");
        return PlanPage.of(
                model,
                lead(isReturned ? report.summary() : plan.summary(), plan),
                plan.measured().stream()
                        .map(whole -> new PlanPage.Latency(whole.name(), whole.milliseconds()))
                        .toList(),
                plan.predicted(),
                plan.regions().stream()
                        .map(region -> new PlanPage.Row(
                                region.name(),
                                region.fp32(),
                                region.int8(),
                                region.chosen().name(),
                                region.chosen().milliseconds(),
                                region.why()))
                        .toList(),
                accuracy == null ? null : accuracy.summary(),
                accuracy == null
                        ? List.of()
                        : accuracy.fallback().stream()
                                .map(layer -> new PlanPage.Fallback(layer.layer(), layer.decibels(), layer.lost()))
                                .toList(),
                threads);
    }

    private static String lead(String summary, PlanReport plan) {
        String deviation = plan.deviation();
        return deviation.isEmpty() ? summary : summary + ". T" + deviation.substring(1);
    }
}
