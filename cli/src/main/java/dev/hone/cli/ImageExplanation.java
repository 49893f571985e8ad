package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.core.text.Figures;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.quality.MapAgreement;
import dev.hone.jobs.Json;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.jobs.explain.MapNames;
import dev.hone.jobs.explain.ReferenceModel;
import dev.hone.model.Classifier;
import dev.hone.report.ReportImages;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Explains photographs one by one: writes the picture of each and tells what it shows. */
final class ImageExplanation {
    private final ImageExplainer explainer;
    private final Classifier classifier;
    private final ReferenceModel twin;
    private final MapNames names;
    private final MethodOption method;
    private final boolean absolute;
    private Path[] kept;

    /** @param document for JSON; @param text lines for a person, each ended */
    record Told(Map<String, Object> document, String text) {}

    /**
     * @param twin explained beside it, or null
     * @param absolute whether pictures show how much a pixel mattered instead of which way
     */
    ImageExplanation(
            ImageExplainer explainer,
            Classifier classifier,
            ReferenceModel twin,
            MapNames names,
            MethodOption method,
            boolean absolute) {
        this.explainer = explainer;
        this.classifier = classifier;
        this.twin = twin;
        this.names = names;
        this.method = method;
        this.absolute = absolute;
    }

    /**
     * From now on writes the numbers behind each picture too.
     *
     * @param inputs what the command reads, which is not written over
     */
    void withValues(Path... inputs) {
        kept = inputs;
    }

    /** @param wanted indices of classes, each with a picture of its own; -1 for the verdict */
    List<Told> explain(Path path, List<Integer> wanted) {
        Image image = ImageStore.decode(path, classifier.form());
        if (wanted.contains(-1) && !explainer.explainsVerdict(image)) {
            throw new HoneException(path + ": the verdict is '" + explainer.contrast()
                    + "', the class to compare with; name the class to explain by --class");
        }
        List<Told> told = new ArrayList<>();
        for (ImageExplainer.Explained explained : explainer.explain(image, wanted)) {
            String label = classifier.input().label(explained.explanation().target());
            told.add(tell(path, image, explained, names.of(path, wanted.size() > 1 ? label : "")));
        }
        return told;
    }

    private Told tell(Path path, Image image, ImageExplainer.Explained explained, Path picture) {
        Explanation explanation = explained.explanation();
        String label = classifier.input().label(explanation.target());
        String than = explainer.contrast() == null ? "" : " rather than '" + explainer.contrast() + "'";
        String why = "why '" + label + "'" + than + ": " + caption(explanation);
        Map<String, Object> document = document(path, picture, explained);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s  %s %s  %s  %s%n",
                path,
                explainer.contrast() == null ? label : label + " rather than " + explainer.contrast(),
                explained.verdict() == explanation.target()
                        ? String.format(Locale.ROOT, "%.1f %%", 100 * explained.probability())
                        : "(verdict " + verdict(explained) + ")",
                measured(explanation),
                picture));
        if (!explanation.note().isEmpty()) {
            text.append(String.format("  the map is zero: %s%n", explanation.note()));
        }
        HeatMap map = explained.map(path, classifier.form(), absolute);
        String head = path.getFileName() + ": " + verdict(explained);
        if (twin == null) {
            ReportImages.writeMap(path, List.of(map), picture, head, why);
        } else {
            ImageExplainer.Explained other = twin.explainer().explain(image, explanation.target());
            MapAgreement agreement = MapAgreement.of(
                    explained.map(path, classifier.form(), false).values(),
                    other.map(path, classifier.form(), false).values(),
                    explained.verdict() == other.verdict());
            String beside = "right " + twin.file().getFileName() + ": " + verdict(other) + "; " + text(agreement);
            HeatMap right = other.map(path, classifier.form(), absolute);
            ReportImages.writeMap(path, List.of(map, right), picture, head, why, beside);
            document.put("against", against(other, agreement));
            text.append(String.format(
                    "  %s: %s, %s; %s%n",
                    twin.file(),
                    verdict(other),
                    explained.verdict() == other.verdict() ? "the same verdict" : "another verdict",
                    text(agreement)));
        }
        if (kept != null) {
            ImageStore.Form form = classifier.form();
            long[] shape = {form.channels(), form.height(), form.width()};
            document.put(
                    "values",
                    ExplanationValues.write(explained, shape, picture, kept).toString());
        }
        if (explained.groups() != null) {
            text.append(TopGroups.text(explanation, explained.groups(), method.top()));
        }
        return new Told(document, text.toString());
    }

    private String verdict(ImageExplainer.Explained explained) {
        return String.format(
                Locale.ROOT,
                "%s (%.1f %%)",
                classifier.input().label(explained.verdict()),
                100 * explained.probability());
    }

    private Map<String, Object> document(Path path, Path picture, ImageExplainer.Explained explained) {
        Explanation explanation = explained.explanation();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("image", path.toString());
        line.put("map", picture.toString());
        line.put("verdict", classifier.input().label(explained.verdict()));
        line.put("probability", Json.round(explained.probability(), 6));
        line.put("explained", classifier.input().label(explanation.target()));
        if (explainer.contrast() != null) {
            line.put("contrast", explainer.contrast());
        }
        line.put("method", explainer.method().label());
        line.put("score", explanation.score());
        if (!Float.isNaN(explanation.expected())) {
            line.put("expected", explanation.expected());
            line.put("additivityError", Json.round(explanation.additivityError(), 6));
        }
        if (!Double.isNaN(explanation.relativeError())) {
            line.put("relativeError", Json.round(explanation.relativeError(), 6));
        }
        if (!explanation.note().isEmpty()) {
            line.put("zero", explanation.note());
        }
        line.put("samples", explanation.samples());
        line.put("seed", explainer.seed());
        line.put("gradientsPerSecond", Json.round(explanation.gradientsPerSecond(), 1));
        if (explained.groups() != null) {
            line.put("groups", TopGroups.json(explanation, explained.groups(), method.top()));
        }
        return line;
    }

    private Map<String, Object> against(ImageExplainer.Explained other, MapAgreement agreement) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("model", twin.file().toString());
        entry.put("verdict", classifier.input().label(other.verdict()));
        entry.put("probability", Json.round(other.probability(), 6));
        entry.put("score", other.explanation().score());
        entry.put("rankCorrelation", Json.round(agreement.rankCorrelation(), 6));
        entry.put("relativeDifference", Json.round(agreement.relativeDifference(), 6));
        entry.put("samePrediction", agreement.samePrediction() == 1);
        return entry;
    }

    static String text(MapAgreement agreement) {
        return String.format(
                Locale.ROOT,
                "rank correlation %.3f, relative difference %.1f %%",
                agreement.rankCorrelation(),
                100 * agreement.relativeDifference());
    }

    private String measured(Explanation e) {
        StringBuilder text = new StringBuilder(samples(e));
        if (e.relativeError() > 0) {
            text.append("  error of the map ").append(Figures.error(e.relativeError()));
        }
        if (!Double.isNaN(e.additivityError())) {
            text.append(String.format(Locale.ROOT, "  additivity error %.1f %%", 100 * e.additivityError()));
        }
        boolean gradients = explainer.method().needs() == Method.Needs.GRADIENTS;
        String of = gradients ? "gradients" : "runs";
        return text.append(String.format(Locale.ROOT, "  %.0f %s/s", e.gradientsPerSecond(), of))
                .toString();
    }

    private String caption(Explanation e) {
        String score = String.format(Locale.ROOT, "score %.2f", e.score());
        String compared =
                Float.isNaN(e.expected()) ? "" : String.format(Locale.ROOT, ", of baselines %.2f", e.expected());
        String error = e.relativeError() > 0 ? ", error of the map " + Figures.error(e.relativeError()) : "";
        return score + compared + "; " + explainer.method().label() + ", " + samples(e) + error;
    }

    static String samples(Explanation e) {
        return e.samples() + (e.samples() == 1 ? " sample" : " samples");
    }
}
