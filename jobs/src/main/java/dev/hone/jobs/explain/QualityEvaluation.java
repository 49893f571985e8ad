package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.explain.Method;
import dev.hone.explain.OutputFunction;
import dev.hone.explain.quality.AttributionStatistics;
import dev.hone.explain.quality.Infidelity;
import dev.hone.explain.quality.Localization;
import dev.hone.explain.quality.MaxSensitivity;
import dev.hone.explain.quality.ParameterRandomization;
import dev.hone.explain.quality.PerturbationCurve;
import dev.hone.explain.quality.RankCorrelation;
import dev.hone.graph.Model;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.heatmap.Edges;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.store.ImageStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Evaluates maps over images: the actual class of each image is explained, as in the pointing game's paper. Maps are evaluated as
 * they are shown, smoothed, and the controls are smoothed alike; infidelity takes the attributions themselves.
 */
final class QualityEvaluation {
    /** Controls: a random map, and the edges of the image. */
    static final String RANDOM = "random";

    static final String EDGES = "edges";

    private static final int STEPS = 32;
    private static final int SQUARES = 32;
    private static final int NEIGHBOURS = 3;
    private static final int SEEDS = 3;
    /** Images for the metrics that explain an image many times. */
    private static final int REPEATED = 6;
    /** Radius of sensitivity as a share of the standard deviation of the images' elements. */
    private static final double RADIUS = 0.02;
    /** 15 pixels of 500. */
    private static final double TOLERANCE = 0.03;

    private final Model model;
    private final ImageAttributors methods;
    private final Classifier classifier;
    private final ImageStore.Form form;
    private final long seed;
    private final float[] mean;
    private final QualityTable table = new QualityTable();

    /** Maps by method as the model's input has them. */
    private final Map<String, List<float[]>> unsmoothed = new LinkedHashMap<>();

    QualityEvaluation(Model model, ImageAttributors methods, Classifier classifier) {
        this.model = model;
        this.methods = methods;
        this.classifier = classifier;
        this.form = classifier.form();
        this.seed = methods.options().seed();
        this.mean = mean(methods.baselines().floats(), form.bytes());
    }

    /** @param all [R,...], each of that length */
    private static float[] mean(float[] all, int length) {
        double[] sum = new double[length];
        for (int i = 0; i < all.length; i++) {
            sum[i % length] += all[i];
        }
        float[] mean = new float[length];
        for (int i = 0; i < length; i++) {
            mean[i] = (float) (sum[i] * length / all.length);
        }
        return mean;
    }

    QualityTable run(ExplainedImages images, List<Method> evaluated, Progress progress) {
        progress.started("evaluating explanations", images.size() + evaluated.size());
        Map<String, ImageAttributor> attributors = new LinkedHashMap<>();
        try (NativeTensor example = NativeTensor.ofFloats(mean, 1, form.channels(), form.height(), form.width());
                OutputFunction scores = OutputFunction.open(methods.explained(model), example, methods.common())) {
            for (Method method : evaluated) {
                attributors.put(method.label(), methods.open(model, method, seed));
            }
            for (int i = 0; i < images.size(); i++) {
                progress.checkCancelled();
                evaluate(images, i, attributors, scores);
                progress.advanced(i + 1);
            }
        } finally {
            attributors.values().forEach(ImageAttributor::close);
        }
        unsmoothed.forEach((method, maps) -> table.addArtifacts(method, maps, form.width()));
        double radius = RADIUS * deviation(images);
        for (int m = 0; m < evaluated.size(); m++) {
            progress.checkCancelled();
            repeat(images, evaluated.get(m), radius);
            progress.advanced(images.size() + m + 1);
        }
        progress.finished();
        return table;
    }

    /** Of the images' values from their mean. */
    private double deviation(ExplainedImages images) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < images.size(); i++) {
            for (float value : images.values(i)) {
                sum += value;
                squares += (double) value * value;
            }
        }
        double count = (double) images.size() * form.bytes();
        return Math.sqrt(Math.max(0, squares / count - sum / count * (sum / count)));
    }

    private HeatMap smoothed(HeatMap map) {
        return map.smoothed(ImageExplainer.SMOOTHING * Math.max(form.height(), form.width()));
    }

    private HeatMap painted(ImageAttributor.Attributed attributed) {
        return HeatMap.signed(attributed.painted(), form.channels(), form.height(), form.width());
    }

    private float[] map(ImageAttributor.Attributed attributed) {
        return smoothed(painted(attributed)).values();
    }

    private float[] random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[form.height() * form.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private void evaluate(
            ExplainedImages images, int index, Map<String, ImageAttributor> attributors, OutputFunction scores) {
        float[] image = images.values(index);
        int target = images.sample(index).label();
        String label = images.label(index);
        boolean[] mask = images.mask(index);
        if (mask != null) {
            table.addArea(label, Localization.area(mask));
        }
        float[] blurred;
        try (NativeTensor tensor = ImageBaselines.blurred(image, form)) {
            blurred = tensor.floats();
        }
        float[] reference = methods.blurred() ? blurred : mean;
        Map<String, float[]> attributions = new LinkedHashMap<>();
        Map<String, float[]> maps = new LinkedHashMap<>();
        attributors.forEach((name, attributor) -> {
            ImageAttributor.Attributed explained = attributor.explain(image, target);
            attributions.put(name, explained.divided());
            maps.put(name, map(explained));
            unsmoothed
                    .computeIfAbsent(name, k -> new ArrayList<>())
                    .add(painted(explained).values());
            table.add(
                    name, QualityMetric.SAMPLES, label, explained.explanation().samples());
        });
        float[] noise = random(seed + index);
        float[] edges =
                Edges.sobel(image, form.channels(), form.height(), form.width()).values();
        attributions.put(RANDOM, spread(noise));
        attributions.put(EDGES, spread(edges));
        maps.put(
                RANDOM,
                smoothed(new HeatMap(form.height(), form.width(), noise, true)).values());
        maps.put(
                EDGES,
                smoothed(new HeatMap(form.height(), form.width(), edges, true)).values());

        ToDoubleFunction<float[]> score = scores.of(target);
        ToDoubleFunction<float[]> probability = input -> classifier.probability(input, target);
        maps.forEach((name, map) -> {
            boolean zero = isZero(map);
            if (zero) {
                table.addZero(name);
            }
            if (mask != null && !zero) {
                double tolerance = TOLERANCE * Math.max(form.height(), form.width());
                boolean hit = Localization.pointsAt(map, mask, form.width(), tolerance);
                table.add(name, QualityMetric.POINTING, label, hit ? 1 : 0);
                table.add(name, QualityMetric.ENERGY, label, Localization.energy(map, mask));
            }
            if (!zero) {
                PerturbationCurve deletion = PerturbationCurve.deletion(probability, image, reference, map, STEPS);
                PerturbationCurve insertion = PerturbationCurve.insertion(probability, image, blurred, map, STEPS);
                table.add(name, QualityMetric.DELETION, label, deletion.area());
                table.add(name, QualityMetric.INSERTION, label, insertion.area());
                table.add(name, QualityMetric.SPARSITY, label, AttributionStatistics.gini(map));
            }
            Infidelity infidelity = Infidelity.ofSquares(
                    score, image, reference, attributions.get(name), form.height(), form.width(), SQUARES, index);
            table.add(name, QualityMetric.INFIDELITY, label, infidelity.unexplained());
            maps.forEach((other, otherMap) -> {
                if (map != otherMap) {
                    table.addAgreement(name, other, RankCorrelation.correlation(map, otherMap));
                }
            });
        });
    }

    /** Such a map, of Grad-CAM for one, has no largest value and no order: any pixel of it would be a pixel at random. */
    private static boolean isZero(float[] map) {
        for (float value : map) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** The same for each channel. */
    private float[] spread(float[] map) {
        float[] all = new float[form.bytes()];
        for (int i = 0; i < all.length; i++) {
            all[i] = map[i % map.length];
        }
        return all;
    }

    /** What takes many explanations of one image: for a few images. */
    private void repeat(ExplainedImages images, Method method, double radius) {
        int count = Math.min(REPEATED, images.size());
        int layers = ParameterRandomization.layers(model).size();
        List<ImageAttributor> opened = new ArrayList<>();
        try {
            for (int s = 0; s < SEEDS; s++) {
                opened.add(methods.open(model, method, seed + 1000L * s));
            }
            opened.add(methods.open(ParameterRandomization.top(model, Math.min(1, layers), seed), method, seed));
            opened.add(methods.open(ParameterRandomization.top(model, layers, seed), method, seed));
            ImageAttributor own = opened.get(0);
            for (int k = 0; k < count; k++) {
                int index = k * images.size() / count;
                float[] image = images.values(index);
                int target = images.sample(index).label();
                String label = images.label(index);
                double changed = MaxSensitivity.of(
                        near -> own.explain(near, target).divided(), image, radius, NEIGHBOURS, seed + index);
                table.add(method.label(), QualityMetric.SENSITIVITY, label, changed);
                float[][] seeds = new float[SEEDS][];
                for (int s = 0; s < SEEDS; s++) {
                    seeds[s] =
                            opened.get(s).explain(image, target).explanation().attribution();
                }
                table.add(method.label(), QualityMetric.DEVIATION, label, AttributionStatistics.deviation(seeds));
                ImageAttributor.Attributed explained = own.explain(image, target);
                table.add(
                        method.label(),
                        QualityMetric.STATED_ERROR,
                        label,
                        explained.explanation().relativeError());
                float[] map = map(explained);
                float[] head = map(opened.get(SEEDS).explain(image, target));
                float[] all = map(opened.get(SEEDS + 1).explain(image, target));
                table.add(method.label(), QualityMetric.RANDOM_HEAD, label, RankCorrelation.correlation(map, head));
                table.add(method.label(), QualityMetric.RANDOM_ALL, label, RankCorrelation.correlation(map, all));
            }
        } finally {
            opened.forEach(ImageAttributor::close);
        }
    }
}
