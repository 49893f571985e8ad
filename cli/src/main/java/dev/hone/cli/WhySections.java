package dev.hone.cli;

import dev.hone.explain.quality.MapAgreement;
import dev.hone.jobs.explain.BaselineKind;
import dev.hone.jobs.explain.ImageAttributors;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.jobs.explain.ReferenceModel;

import dev.hone.core.HoneException;
import dev.hone.core.text.Figures;
import dev.hone.data.Sample;
import dev.hone.explain.SamplingOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.model.Classifier;
import dev.hone.report.Pictures;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.heatmap.HeatMapFigure;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The part of a report that explains verdicts, and how far the second model explains them alike. */
final class WhySections {
    private static final int RIGHT = 6;
    private static final int WRONG = 6;
    private static final int SIDE = 184;

    private final Summary first;
    private final Summary second;
    private final ImageStore store;
    private final int[] indices;

    /**
     * @param second the quantized twin, or null
     * @param indices the samples of the store that were judged, in the evaluations' order
     */
    WhySections(Summary first, Summary second, ImageStore store, int[] indices) {
        this.first = first;
        this.second = second;
        this.store = store;
        this.indices = indices;
    }

    /** @param classifier the first model */
    List<Section> of(Classifier classifier, PixelOption pixels, SessionOptions options) {
        int[] predicted = first.evaluation().predicted();
        int[] truth = first.evaluation().truth();
        List<Integer> right = new ArrayList<>();
        List<Integer> wrong = new ArrayList<>();
        for (int i = 0; i < truth.length; i++) {
            (truth[i] == predicted[i] ? right : wrong).add(i);
        }
        wrong.sort(Comparator.comparingDouble(i -> -first.evaluation().probabilities()[i][predicted[i]]));
        List<Integer> shown = spread(right, truth, first.good());
        List<Integer> worst = wrong.subList(0, Math.min(WRONG, wrong.size()));
        try (ImageAttributors methods = ImageAttributors.blurred(classifier, options)) {
            List<Integer> all = Stream.concat(shown.stream(), worst.stream()).toList();
            Map<Integer, ImageExplainer.Explained> explained = new HashMap<>();
            try (ImageExplainer explainer = new ImageExplainer(classifier, methods, Method.GRADIENT_SHAP)) {
                all.forEach(i -> explained.put(i, explainer.explain(decode(i, classifier), -1)));
            }
            List<Section> sections = new ArrayList<>();
            sections.add(new Section(
                    "Why: right verdicts",
                    "GradientSHAP, each image compared with itself without its details. Warm colours speak for the "
                            + "verdict, cold ones against it. Where a mask of the defect is there, it stands between "
                            + "photograph and map. The error of a map is one standard deviation, relative to the map.",
                    List.of(),
                    shown.stream()
                            .map(i -> figure(i, explained.get(i), classifier))
                            .toList(),
                    null));
            sections.add(new Section(
                    "Why: wrong verdicts",
                    wrong.isEmpty()
                            ? "There are none among the test images."
                            : wrong.size() + " of " + truth.length
                                    + " verdicts are wrong; these were the surest of them.",
                    List.of(),
                    worst.stream()
                            .map(i -> figure(i, explained.get(i), classifier))
                            .toList(),
                    null));
            if (second != null && !all.isEmpty()) {
                sections.add(new Section(
                        "Why: the same reasons in " + second.file().getFileName(),
                        agreement(methods, classifier, pixels, explained),
                        List.of(),
                        List.of(),
                        null));
            }
            return sections;
        } catch (HoneException e) {
            return List.of(new Section("Why", "No heat maps: " + Failures.line(e), List.of(), List.of(), null));
        }
    }

    /** In a sentence. @param explained by the first model, by index */
    private String agreement(
            ImageAttributors methods,
            Classifier classifier,
            PixelOption pixels,
            Map<Integer, ImageExplainer.Explained> explained) {
        ImageStore.Form form = classifier.form();
        List<MapAgreement> agreements = new ArrayList<>();
        try (ReferenceModel twin = ReferenceModel.open(second.file(), classifier, methods, Method.GRADIENT_SHAP, pixels.pixels)) {
            explained.forEach((i, own) -> {
                Path file = sample(i).file();
                ImageExplainer.Explained other = twin.explainer()
                        .explain(decode(i, classifier), own.explanation().target());
                agreements.add(MapAgreement.of(
                        own.map(file, form, false).values(), other.map(file, form, false).values(), own.verdict() == other.verdict()));
            });
        } catch (HoneException e) {
            return "It is not explained: " + Failures.line(e);
        }
        MapAgreement mean = MapAgreement.mean(agreements);
        return String.format(
                Locale.ROOT,
                "Over the %d images above, explained by the same draws, the maps of the two models agree like this: "
                        + "mean %s; the verdict is the same for %.0f.",
                agreements.size(),
                ImageExplanation.text(mean),
                mean.samePrediction() * agreements.size());
    }

    /** Right verdicts on defects, one class after the other. */
    private static List<Integer> spread(List<Integer> right, int[] truth, int goodIndex) {
        List<Integer> rest = new ArrayList<>(
                right.stream().filter(i -> truth[i] != goodIndex).toList());
        List<Integer> chosen = new ArrayList<>();
        while (chosen.size() < RIGHT && !rest.isEmpty()) {
            Set<Integer> seen = new HashSet<>();
            for (int i : List.copyOf(rest)) {
                if (chosen.size() < RIGHT && seen.add(truth[i])) {
                    chosen.add(i);
                    rest.remove(Integer.valueOf(i));
                }
            }
        }
        return chosen;
    }

    private Sample sample(int judged) {
        return store.dataSet().samples().get(indices[judged]);
    }

    private Image decode(int judged, Classifier classifier) {
        return ImageStore.decode(sample(judged).file(), classifier.form());
    }

    private Figure figure(int judged, ImageExplainer.Explained explained, Classifier classifier) {
        Sample sample = sample(judged);
        List<String> labels = first.evaluation().labels();
        Image photograph = Pictures.shown(sample.file());
        Image picture = HeatMapFigure.figure(
                photograph,
                Pictures.mask(sample.mask(), photograph),
                explained.map(sample.file(), classifier.form(), false),
                SIDE);
        return Figure.ofPng(
                ImageFiles.png(picture),
                picture.width(),
                String.format(
                        Locale.ROOT,
                        "%s: '%s' (%.1f %%), in truth '%s'; error of the map %s%s",
                        sample.name(),
                        labels.get(explained.verdict()),
                        100 * explained.probability(),
                        labels.get(sample.label()),
                        Figures.error(explained.explanation().relativeError()),
                        additivity(explained.explanation())));
    }

    private static String additivity(Explanation explanation) {
        double error = explanation.additivityError();
        return Double.isNaN(error) ? "" : String.format(Locale.ROOT, ", additivity error %.1f %%", 100 * error);
    }
}
