package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.jobs.explain.GroupAttribution;
import dev.hone.jobs.explain.ImageExplanation;
import dev.hone.jobs.explain.ImageResult;
import dev.hone.jobs.explain.RowExplanation;
import java.util.List;

/** Explanations and the methods that make them as lines of text. */
final class ExplanationText {
    private ExplanationText() {}

    /** A line, and one for each region that is reported. */
    static String of(ImageExplanation e) {
        StringBuilder text = new StringBuilder(LineFormat.format(
                "%s  %s %s  %s  %s%n",
                e.image(),
                e.contrast() == null ? e.explained() : e.explained() + " rather than " + e.contrast(),
                e.predicted().equals(e.explained())
                        ? LineFormat.format("%.1f %%", 100 * e.probability())
                        : "(predicted " + predicted(e.predicted(), e.probability()) + ")",
                measured(e),
                e.map()));
        if (!e.note().isEmpty()) {
            text.append(LineFormat.format("  the map is zero: %s%n", e.note()));
        }
        if (e.against() != null) {
            ImageExplanation.Comparison other = e.against();
            text.append(LineFormat.format(
                    "  %s: %s, %s; %s%n",
                    other.model(),
                    predicted(other.predicted(), other.probability()),
                    other.agreement().samePrediction() == 1 ? "same prediction" : "different prediction",
                    other.agreement().text()));
        }
        return text.append(e.groups() == null ? "" : groups(e.groups())).toString();
    }

    static String of(ImageResult.Uncontrasted image) {
        return LineFormat.format(
                "%s  predicted as the contrast class %s, nothing to contrast%n",
                image.image(), predicted(image.predicted(), image.probability()));
    }

    private static String predicted(String label, float probability) {
        return LineFormat.format("%s (%.1f %%)", label, 100 * probability);
    }

    private static String measured(ImageExplanation e) {
        StringBuilder text = new StringBuilder(samples(e.samples()));
        if (e.relativeError() > 0) {
            text.append("  sampling error ").append(Figures.error(e.relativeError()));
        }
        if (!Double.isNaN(e.additivityError())) {
            text.append(LineFormat.format("  additivity error %.1f %%", 100 * e.additivityError()));
        }
        String of = e.method().needs() == Method.Needs.GRADIENTS ? "gradients" : "runs";
        return text.append(LineFormat.format("  %.0f %s/s", e.samplesPerSecond(), of))
                .toString();
    }

    private static String samples(int samples) {
        return samples + (samples == 1 ? " sample" : " samples");
    }

    /** A line, and one for each column or step that is reported. */
    static String of(RowExplanation row) {
        Explanation e = row.explanation();
        String expected = Float.isNaN(e.expected()) ? "" : LineFormat.format(", baselines %.4f", e.expected());
        String error = e.relativeError() > 0 ? "  sampling error " + Figures.error(e.relativeError()) : "";
        return LineFormat.format(
                        "%s  %s  %s %.4f%s  %s%s%n",
                        row.place(),
                        row.explained(),
                        row.classes().score(),
                        e.score(),
                        expected,
                        samples(e.samples()),
                        error)
                + groups(row.top());
    }

    private static String groups(List<GroupAttribution> groups) {
        StringBuilder text = new StringBuilder();
        for (GroupAttribution group : groups) {
            text.append(LineFormat.format(
                    "  %+.4f%s  %s%s%n",
                    group.attribution(),
                    group.errorBar() > 0 ? LineFormat.format(" +- %.4f", group.errorBar()) : "",
                    group.name(),
                    group.elements() == 1 ? "" : ", " + group.elements() + " values"));
        }
        return text.toString();
    }

    /** All methods and what they need. */
    static String methods() {
        StringBuilder text = new StringBuilder();
        for (Method method : Method.values()) {
            text.append(LineFormat.format("%-22s %s%n", method.label(), method.description()));
            text.append(
                    LineFormat.format("%-22s needs %s; %s%n", "", needs(method.needs()), compares(method.compares())));
        }
        return text.toString();
    }

    private static String needs(Method.Needs needs) {
        return switch (needs) {
            case GRADIENTS -> "gradients of all operators";
            case FEATURE_MAPS -> "gradients and the feature maps of a convolution";
            case ATTENTION -> "the attention of a transformer";
            case OUTPUTS -> "only the outputs of the model";
        };
    }

    private static String compares(Method.Compares compares) {
        return switch (compares) {
            case ALL -> "compares with each baseline";
            case MEAN -> "compares with the mean baseline";
            case NOTHING -> "takes no baselines";
        };
    }
}
