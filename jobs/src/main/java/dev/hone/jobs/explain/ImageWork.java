package dev.hone.jobs.explain;

import dev.hone.core.text.Figures;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.quality.MapAgreement;
import dev.hone.jobs.ImageNotes;
import dev.hone.model.Classifier;
import dev.hone.report.ReportImages;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Explains one image and writes its pictures. */
final class ImageWork {
    /** Where the picture of an image, and of a class where there are several, goes. */
    interface Pictures {
        Path of(Path image, String label);
    }

    private final ExplainOptions options;
    private final Path file;
    private final Classifier classifier;
    private final ImageExplainer explainer;
    private final ReferenceModel reference;
    private final Image image;

    /**
     * @param reference a model to compare with, or null
     * @param notes takes what is to be said of how the image was read
     */
    ImageWork(
            ExplainOptions options,
            Path file,
            Classifier classifier,
            ImageExplainer explainer,
            ReferenceModel reference,
            ImageNotes notes) {
        this.options = options;
        this.file = file;
        this.classifier = classifier;
        this.explainer = explainer;
        this.reference = reference;
        this.image = ImageStore.decode(file, classifier.form(), notes.of(file));
    }

    /**
     * The prediction where it is to be explained and is the contrast class, so that there is nothing to contrast; else null.
     *
     * @param targets indices of classes, -1 for the predicted class
     */
    ImageResult.Uncontrasted uncontrasted(List<Integer> targets) {
        if (!targets.contains(-1) || explainer.explainsPrediction(image)) {
            return null;
        }
        return new ImageResult.Uncontrasted(
                file, explainer.contrast(), explainer.decide(image).probability());
    }

    /** @param targets indices of classes, each with a map of its own; -1 for the predicted class */
    List<ImageExplanation> explain(List<Integer> targets, Pictures names) {
        List<ImageExplanation> done = new ArrayList<>();
        for (ImageExplainer.Explained explained : explainer.explain(image, targets)) {
            String label = classifier.input().label(explained.explanation().target());
            done.add(write(explained, label, names.of(file, targets.size() > 1 ? label : "")));
        }
        return done;
    }

    private ImageExplanation write(ImageExplainer.Explained explained, String label, Path picture) {
        boolean absolute = options.maps().absolute();
        String contrast = explainer.contrast() == null ? "" : " rather than '" + explainer.contrast() + "'";
        String head = file.getFileName() + ": " + predicted(explained);
        String why = "explained class '" + label + "'" + contrast + ": " + caption(explained.explanation());
        HeatMap map = explained.map(file, classifier.form(), absolute);
        ImageExplanation.Comparison comparison = null;
        if (reference == null) {
            ReportImages.writeMap(file, List.of(map), picture, head, why);
        } else {
            ImageExplainer.Explained other =
                    reference.explainer().explain(image, explained.explanation().target());
            comparison = comparison(explained, other);
            String beside = "right " + reference.file().getFileName() + ": " + predicted(other) + "; "
                    + comparison.agreement().text();
            HeatMap right = other.map(file, classifier.form(), absolute);
            ReportImages.writeMap(file, List.of(map, right), picture, head, why, beside);
        }
        return explanation(explained, label, picture, comparison, values(explained, picture));
    }

    private String predicted(ImageExplainer.Explained explained) {
        return String.format(
                Locale.ROOT,
                "%s (%.1f %%)",
                classifier.input().label(explained.predicted()),
                100 * explained.probability());
    }

    private String caption(Explanation e) {
        String expected = Float.isNaN(e.expected()) ? "" : String.format(Locale.ROOT, ", baselines %.2f", e.expected());
        String error = e.relativeError() > 0 ? ", sampling error " + Figures.error(e.relativeError()) : "";
        return String.format(Locale.ROOT, "%s %.2f%s; ", explainer.scoreName(), e.score(), expected)
                + explainer.method().properName() + ", " + e.samples() + (e.samples() == 1 ? " sample" : " samples")
                + error;
    }

    private ImageExplanation.Comparison comparison(ImageExplainer.Explained explained, ImageExplainer.Explained other) {
        MapAgreement agreement = MapAgreement.of(
                explained.map(file, classifier.form(), false).values(),
                other.map(file, classifier.form(), false).values(),
                explained.predicted() == other.predicted());
        return new ImageExplanation.Comparison(
                reference.file(),
                classifier.input().label(other.predicted()),
                other.probability(),
                other.explanation().score(),
                agreement);
    }

    /** Null unless asked for. */
    private Path values(ImageExplainer.Explained explained, Path picture) {
        if (!options.maps().values()) {
            return null;
        }
        ImageStore.Form form = classifier.form();
        long[] shape = {form.channels(), form.height(), form.width()};
        return ImageValues.write(
                explained, shape, picture, options.model(), options.baselines().baselines());
    }

    private ImageExplanation explanation(
            ImageExplainer.Explained explained,
            String label,
            Path picture,
            ImageExplanation.Comparison comparison,
            Path values) {
        Explanation e = explained.explanation();
        Groups groups = explained.groups();
        return new ImageExplanation(
                file,
                picture,
                classifier.input().label(explained.predicted()),
                explained.probability(),
                label,
                explainer.contrast(),
                explainer.method(),
                e.score(),
                e.expected(),
                e.additivityError(),
                e.relativeError(),
                e.note(),
                e.samples(),
                explainer.seed(),
                e.gradientsPerSecond(),
                groups == null
                        ? null
                        : GroupAttribution.top(e, groups, options.attribution().topOfImages()),
                comparison,
                values);
    }
}
