package dev.hone.cli;

import dev.hone.explain.Attributor;
import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.ModelScores;
import dev.hone.explain.quality.Concentration;
import dev.hone.explain.quality.Curve;
import dev.hone.explain.quality.Infidelity;
import dev.hone.explain.quality.Localization;
import dev.hone.explain.quality.Randomized;
import dev.hone.explain.quality.Ranks;
import dev.hone.explain.quality.Sensitivity;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.data.ImageStore;
import dev.hone.vision.heatmap.Edges;
import dev.hone.vision.heatmap.HeatMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Judges maps over images: of each image its true class is explained, as in the pointing game's paper. Maps are judged as
 * they are shown, smoothed, and the controls are smoothed alike; infidelity takes the attributions themselves.
 */
final class QualityEvaluation {
    /** A map of noise, and the image's edges: what says nothing about the model. */
    static final String RANDOM = "random";

    static final String EDGES = "edges";

    private static final int STEPS = 32;
    private static final int SQUARES = 32;
    private static final int NEIGHBOURS = 3;
    private static final int SEEDS = 3;
    /** Images that are explained many times over. */
    private static final int REPEATED = 6;
    /** Of the deviation of the baselines' elements: by how much a neighbour differs. */
    private static final double RADIUS = 0.02;
    /** 15 pixels of 500. */
    private static final double TOLERANCE = 0.03;

    private final Model model;
    private final NativeTensor baselines;
    private final MethodOptions options;
    private final boolean blurred;
    private final boolean ownSamples;
    private final Classifier classifier;
    private final ImageStore.Form form;
    private final float[] reference;
    private final double radius;
    private final QualityTable table = new QualityTable();

    /**
     * @param blurred whether each image is compared with itself blurred, not with the baselines
     * @param ownSamples whether each method takes as many samples as it does by default, not those of the options
     */
    QualityEvaluation(
            Model model,
            NativeTensor baselines,
            boolean blurred,
            MethodOptions options,
            boolean ownSamples,
            Classifier classifier) {
        this.blurred = blurred;
        this.ownSamples = ownSamples;
        this.model = model;
        this.classifier = classifier;
        this.form = classifier.form();
        this.baselines = baselines;
        this.options = options;
        float[] all = baselines.floats();
        this.reference = new float[form.bytes()];
        double squares = 0;
        for (int i = 0; i < all.length; i++) {
            reference[i % reference.length] += all[i] * reference.length / all.length;
        }
        for (int i = 0; i < all.length; i++) {
            squares += Math.pow(all[i] - reference[i % reference.length], 2);
        }
        this.radius = RADIUS * Math.sqrt(squares / all.length);
    }

    QualityTable run(ExplainedImages images, List<Method> methods, Progress progress) {
        Map<String, Attributor> attributors = new LinkedHashMap<>();
        try (NativeTensor example = NativeTensor.ofFloats(reference, 1, form.channels(), form.height(), form.width());
                ModelScores scores = ModelScores.open(model, example, options.common())) {
            for (Method method : methods) {
                attributors.put(
                        method.label(), open(model, method, options.common().seed()));
            }
            for (int i = 0; i < images.size(); i++) {
                judge(images, i, attributors, scores);
                progress.step();
            }
        } finally {
            attributors.values().forEach(Attributor::close);
        }
        for (Method method : methods) {
            repeat(images, method);
            progress.step();
        }
        return table;
    }

    private Attributor open(Model of, Method method, long seed) {
        ExplainOptions common = options.common().withSeed(seed);
        return method.open(
                of, baselines, options.withCommon(ownSamples ? common.withSamples(method.defaultSamples()) : common));
    }

    private HeatMap smoothed(HeatMap map) {
        return map.smoothed(Explainer.SMOOTHING * Math.max(form.height(), form.width()));
    }

    private float[] map(Explanation explanation) {
        return smoothed(HeatMap.signed(explanation.attribution(), form.channels(), form.height(), form.width()))
                .values();
    }

    private float[] random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[form.height() * form.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private void judge(ExplainedImages images, int index, Map<String, Attributor> attributors, ModelScores scores) {
        float[] image = images.values(index);
        int target = images.sample(index).label();
        String label = images.label(index);
        boolean[] mask = images.mask(index);
        if (mask != null) {
            table.addArea(label, Localization.area(mask));
        }
        float[] blurredImage;
        try (NativeTensor tensor = Baselines.blurred(image, form)) {
            blurredImage = tensor.floats();
            compare(attributors.values(), tensor);
        }
        Map<String, float[]> attributions = new LinkedHashMap<>();
        Map<String, float[]> maps = new LinkedHashMap<>();
        attributors.forEach((name, attributor) -> {
            Explanation explanation = attributor.explain(image, target);
            attributions.put(name, explanation.attribution());
            maps.put(name, map(explanation));
        });
        float[] noise = random(options.common().seed() + index);
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
        float[] first = maps.values().iterator().next();
        maps.forEach((name, map) -> {
            if (mask != null) {
                double tolerance = TOLERANCE * Math.max(form.height(), form.width());
                boolean hit = Localization.pointsAt(map, mask, form.width(), tolerance);
                table.add(name, QualityMeasure.POINTING, label, hit ? 1 : 0);
                table.add(name, QualityMeasure.ENERGY, label, Localization.energy(map, mask));
            }
            Curve deletion = Curve.deletion(probability, image, reference, map, STEPS);
            Curve insertion = Curve.insertion(probability, image, blurredImage, map, STEPS);
            Infidelity infidelity = Infidelity.ofSquares(
                    score, image, reference, attributions.get(name), form.height(), form.width(), SQUARES, index);
            table.add(name, QualityMeasure.DELETION, label, deletion.area());
            table.add(name, QualityMeasure.INSERTION, label, insertion.area());
            table.add(name, QualityMeasure.INFIDELITY, label, infidelity.unexplained());
            table.add(name, QualityMeasure.SPARSITY, label, Concentration.gini(map));
            if (map != first) {
                table.add(name, QualityMeasure.AGREEMENT, label, Ranks.correlation(map, first));
            }
        });
    }

    /** The same for each channel. */
    private float[] spread(float[] map) {
        float[] all = new float[form.bytes()];
        for (int i = 0; i < all.length; i++) {
            all[i] = map[i % map.length];
        }
        return all;
    }

    /** Takes the image's own blur for its baseline, if that was asked for. */
    private void compare(Collection<Attributor> attributors, NativeTensor blur) {
        if (blurred) {
            attributors.forEach(attributor -> attributor.replaceBaselines(blur));
        }
    }

    /** What takes many explanations of one image: for a few images. */
    private void repeat(ExplainedImages images, Method method) {
        int count = Math.min(REPEATED, images.size());
        int layers = Randomized.layers(model).size();
        long seed = options.common().seed();
        List<Attributor> opened = new ArrayList<>();
        try {
            for (int s = 0; s < SEEDS; s++) {
                opened.add(open(model, method, seed + 1000L * s));
            }
            opened.add(open(Randomized.top(model, Math.min(1, layers), seed), method, seed));
            opened.add(open(Randomized.top(model, layers, seed), method, seed));
            Attributor own = opened.get(0);
            for (int k = 0; k < count; k++) {
                int index = k * images.size() / count;
                float[] image = images.values(index);
                int target = images.sample(index).label();
                String label = images.label(index);
                try (NativeTensor blur = Baselines.blurred(image, form)) {
                    compare(opened, blur);
                }
                double changed = Sensitivity.max(
                        near -> own.explain(near, target).attribution(), image, radius, NEIGHBOURS, seed + index);
                table.add(method.label(), QualityMeasure.SENSITIVITY, label, changed);
                float[][] seeds = new float[SEEDS][];
                for (int s = 0; s < SEEDS; s++) {
                    seeds[s] = opened.get(s).explain(image, target).attribution();
                }
                table.add(method.label(), QualityMeasure.DEVIATION, label, Concentration.deviation(seeds));
                Explanation explained = own.explain(image, target);
                table.add(method.label(), QualityMeasure.STATED_ERROR, label, explained.relativeError());
                float[] map = map(explained);
                float[] head = map(opened.get(SEEDS).explain(image, target));
                float[] all = map(opened.get(SEEDS + 1).explain(image, target));
                table.add(method.label(), QualityMeasure.RANDOM_HEAD, label, Ranks.correlation(map, head));
                table.add(method.label(), QualityMeasure.RANDOM_ALL, label, Ranks.correlation(map, all));
            }
        } finally {
            opened.forEach(Attributor::close);
        }
    }
}
