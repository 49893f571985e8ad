package dev.hone.report;

import dev.hone.core.text.Figures;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.vision.heatmap.HeatMapFigure;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The explanations section of a report.
 *
 * @param correct examples of correct predictions
 * @param errors the most confident errors
 * @param wrong number of misclassified images
 * @param total number of images
 * @param agreement sentence on the agreement with the maps of a second model, or null
 * @param failure reason for missing maps, or null
 */
public record Explanations(
        List<ExplainedSample> correct,
        List<ExplainedSample> errors,
        int wrong,
        int total,
        String agreement,
        String failure) {
    private static final int SIDE = 184;

    List<Section> sections(List<String> labels, String second) {
        if (failure != null) {
            return List.of(new Section("Explanations", "No heat maps: " + failure, List.of(), List.of(), null));
        }
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "Explanations: correct predictions",
                "GradientSHAP with the blurred image as baseline. Warm colors support the predicted class, cold colors "
                        + "speak against it. Left to right: image, defect mask (if any), heat map. The sampling error is "
                        + "one standard deviation, relative to the map.",
                List.of(),
                correct.stream().map(s -> figure(s, labels)).toList(),
                null));
        sections.add(new Section(
                "Explanations: errors",
                wrong == 0
                        ? "No image is misclassified."
                        : "Most confident errors (" + wrong + " of " + total + " images misclassified).",
                List.of(),
                errors.stream().map(s -> figure(s, labels)).toList(),
                null));
        if (agreement != null) {
            sections.add(new Section("Explanations: agreement with " + second, agreement, List.of(), List.of(), null));
        }
        return sections;
    }

    private static Figure figure(ExplainedSample explained, List<String> labels) {
        Image shown = ReportImages.shown(explained.sample().file());
        Image picture =
                HeatMapFigure.figure(shown, ReportImages.mask(explained.sample().mask(), shown), explained.map(), SIDE);
        return Figure.ofPng(
                ImageFiles.png(picture),
                picture.width(),
                String.format(
                        Locale.ROOT,
                        "%s: predicted '%s' (%.1f %%), actual '%s'; sampling error %s%s",
                        explained.sample().name(),
                        labels.get(explained.predicted()),
                        100 * explained.probability(),
                        labels.get(explained.sample().label()),
                        Figures.error(explained.relativeError()),
                        Double.isNaN(explained.additivityError())
                                ? ""
                                : String.format(
                                        Locale.ROOT, ", additivity error %.1f %%", 100 * explained.additivityError())),
                "Image" + (explained.sample().mask().isPresent() ? ", defect mask" : "") + " and heat map of "
                        + explained.sample().name());
    }
}
