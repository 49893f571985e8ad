package dev.hone.jobs.evaluate;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.Sample;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.quality.MapAgreement;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.explain.ImageAttributors;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.jobs.explain.ReferenceModel;
import dev.hone.model.Classifier;
import dev.hone.report.ExplainedSample;
import dev.hone.report.Explanations;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Explains some correct predictions and the most confident errors for a report. */
final class ReportExplanations {
    private static final int CORRECT = 6;
    private static final int ERRORS = 6;
    /** So many maps at least are looked at for what they have in common. */
    private static final int MAPS = Cautions.MAPS + 2;

    private final EvaluationReport report;
    private final Classifier classifier;
    private final ClassifierOptions classifierOptions;
    private final RunOptions run;

    /** @param classifier the first model */
    ReportExplanations(
            EvaluationReport report, Classifier classifier, ClassifierOptions classifierOptions, RunOptions run) {
        this.report = report;
        this.classifier = classifier;
        this.classifierOptions = classifierOptions;
        this.run = run;
    }

    /**
     * Explanations, or why there are none.
     *
     * @param cautions takes what the maps have in common
     */
    Explanations make(Cautions cautions, Progress progress) {
        int[] predicted = report.first().evaluation().predicted();
        int[] actual = report.first().evaluation().truth();
        float[][] probabilities = report.first().evaluation().probabilities();
        List<Integer> right = new ArrayList<>();
        List<Integer> wrong = new ArrayList<>();
        for (int i = 0; i < actual.length; i++) {
            (actual[i] == predicted[i] ? right : wrong).add(i);
        }
        wrong.sort(Comparator.comparingDouble(i -> -probabilities[i][predicted[i]]));
        List<Integer> correct = spread(right, actual, report.first().good());
        List<Integer> errors = wrong.subList(0, Math.min(ERRORS, wrong.size()));
        List<Integer> all = Stream.concat(correct.stream(), errors.stream()).toList();
        List<Integer> more = spread(all, actual.length);
        Map<Integer, ImageExplainer.Explained> explained = new LinkedHashMap<>();
        try (ImageAttributors methods = ImageAttributors.blurred(classifier, run.session(progress))) {
            progress.started("explaining", all.size() + more.size());
            List<float[]> maps = new ArrayList<>();
            try (ImageExplainer explainer = new ImageExplainer(classifier, methods, Method.GRADIENT_SHAP)) {
                for (int i : all) {
                    progress.checkCancelled();
                    explained.put(i, explainer.explain(decode(i), -1));
                    maps.add(map(explained.get(i)));
                    progress.advanced(maps.size());
                }
                for (int i : more) {
                    progress.checkCancelled();
                    maps.add(map(explainer.explain(decode(i), -1)));
                    progress.advanced(maps.size());
                }
            }
            cautions.maps(maps, classifier.form().width());
            String agreement = report.second() == null || all.isEmpty() ? null : agreement(methods, explained);
            return new Explanations(
                    samples(correct, explained),
                    samples(errors, explained),
                    wrong.size(),
                    actual.length,
                    agreement,
                    null);
        } catch (CancelledException e) {
            throw e;
        } catch (HoneException e) {
            return new Explanations(List.of(), List.of(), wrong.size(), actual.length, null, e.getMessage());
        }
    }

    /** As the model's input has it. */
    private float[] map(ImageExplainer.Explained explained) {
        ImageStore.Form form = classifier.form();
        return HeatMap.absolute(explained.attributed().painted(), form.channels(), form.height(), form.width())
                .values();
    }

    /** Further samples from all over the data, where those shown are few. */
    private static List<Integer> spread(List<Integer> shown, int size) {
        int wanted = Math.min(size, MAPS) - shown.size();
        return IntStream.range(0, MAPS)
                .map(k -> (int) ((2L * k + 1) * size / (2 * MAPS)))
                .distinct()
                .filter(i -> i < size && !shown.contains(i))
                .boxed()
                .limit(Math.max(0, wanted))
                .toList();
    }

    private List<ExplainedSample> samples(List<Integer> indices, Map<Integer, ImageExplainer.Explained> explained) {
        return indices.stream().map(i -> sample(i, explained.get(i))).toList();
    }

    private ExplainedSample sample(int index, ImageExplainer.Explained explained) {
        Sample sample = sample(index);
        Explanation explanation = explained.explanation();
        return new ExplainedSample(
                sample,
                explained.map(sample.file(), classifier.form(), false),
                explained.predicted(),
                explained.probability(),
                explanation.relativeError(),
                explanation.additivityError());
    }

    /** In a sentence. @param explained by the first model, by index */
    private String agreement(ImageAttributors methods, Map<Integer, ImageExplainer.Explained> explained) {
        ImageStore.Form form = classifier.form();
        List<MapAgreement> agreements = new ArrayList<>();
        try (ReferenceModel other = ReferenceModel.open(
                report.second().file(), classifier, methods, Method.GRADIENT_SHAP, classifierOptions.pixels())) {
            explained.forEach((i, own) -> {
                Sample sample = sample(i);
                ImageExplainer.Explained second =
                        other.explainer().explain(decode(i), own.explanation().target());
                agreements.add(MapAgreement.of(
                        own.map(sample.file(), form, false).values(),
                        second.map(sample.file(), form, false).values(),
                        own.predicted() == second.predicted()));
            });
        } catch (HoneException e) {
            return "Not explained: " + e.getMessage();
        }
        MapAgreement mean = MapAgreement.mean(agreements);
        return String.format(
                Locale.ROOT,
                "Attribution maps of the two models over the %d images above, from the same samples: mean rank "
                        + "correlation %.3f, mean relative difference %.1f %%. The predicted class is the same for %.0f.",
                agreements.size(),
                mean.rankCorrelation(),
                100 * mean.relativeDifference(),
                mean.samePrediction() * agreements.size());
    }

    /** Correct predictions of defects, one class after the other. */
    private static List<Integer> spread(List<Integer> right, int[] actual, int good) {
        List<Integer> rest =
                new ArrayList<>(right.stream().filter(i -> actual[i] != good).toList());
        List<Integer> chosen = new ArrayList<>();
        while (chosen.size() < CORRECT && !rest.isEmpty()) {
            Set<Integer> seen = new HashSet<>();
            for (int i : List.copyOf(rest)) {
                if (chosen.size() < CORRECT && seen.add(actual[i])) {
                    chosen.add(i);
                    rest.remove(Integer.valueOf(i));
                }
            }
        }
        return chosen;
    }

    private Sample sample(int index) {
        return report.store().dataSet().samples().get(report.indices()[index]);
    }

    private Image decode(int index) {
        return ImageStore.decode(sample(index).file(), classifier.form());
    }
}
