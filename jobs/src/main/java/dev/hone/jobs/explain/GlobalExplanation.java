package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.explain.Explanation;
import dev.hone.explain.ModelFeatures;
import dev.hone.explain.quality.RegionReliance;
import dev.hone.explain.quality.RegionSquares;
import dev.hone.explain.quality.Regions;
import dev.hone.report.GlobalPage;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Explains the prediction of each of many images and adds up what the explanations show. */
final class GlobalExplanation {
    private static final int PROTOTYPES = 6;
    private static final int LEAST_CERTAIN = 6;

    /** @param features penultimate, of the model */
    private record Item(
            int index, int label, int predicted, float probability, double relativeError, float[] features) {}

    /**
     * The images of one predicted class.
     *
     * @param map mean absolute attribution [H,W]
     * @param mean of the images
     * @param prototypes the images whose features are nearest to their mean, nearest first
     */
    private record ClassView(String label, int images, HeatMap map, Image mean, List<Item> prototypes) {}

    private final ExplainedImages images;
    private final ImageExplainer explainer;
    private final ImageStore.Form form;
    private final List<Item> items = new ArrayList<>();
    private final List<ClassView> classes = new ArrayList<>();
    private final List<RegionReliance> regions = new ArrayList<>();
    /** Images whose predicted class is the contrast class. */
    private int leftOut;
    /** Of the maps that are zero, why. */
    private final List<String> zero = new ArrayList<>();

    private RegionReliance onDefect;

    GlobalExplanation(ExplainedImages images, ImageExplainer explainer, ImageStore.Form form) {
        this.images = images;
        this.explainer = explainer;
        this.form = form;
    }

    /** @param region see {@link Regions} */
    void run(ModelFeatures features, String region, Progress progress) {
        progress.started("explaining", images.size());
        int plane = form.height() * form.width();
        // By predicted class, and only for those that come up: a model may know a thousand classes.
        TreeMap<Integer, double[]> maps = new TreeMap<>();
        TreeMap<Integer, double[]> pictures = new TreeMap<>();
        Map<String, boolean[]> parts = Regions.of(form.height(), form.width(), region);
        Map<String, RegionSquares> shares = new LinkedHashMap<>();
        RegionSquares onMask = new RegionSquares();
        for (int i = 0; i < images.size(); i++) {
            progress.checkCancelled();
            if (!explainer.explainsPrediction(images.image(i))) {
                leftOut++;
                progress.advanced(i + 1);
                continue;
            }
            ImageExplainer.Explained explained = explainer.explain(images.image(i), -1);
            Explanation explanation = explained.explanation();
            float[] values = explained.attributed().divided();
            float[] errors = explained.attributed().dividedErrors();
            float[] map = HeatMap.absolute(values, form.channels(), form.height(), form.width())
                    .values();
            if (!explanation.note().isEmpty()) {
                zero.add(explanation.note());
            }
            int predicted = explained.predicted();
            double[] mapSum = maps.computeIfAbsent(predicted, k -> new double[plane]);
            for (int p = 0; p < plane; p++) {
                mapSum[p] += map[p];
            }
            byte[] pixels = images.image(i).pixels();
            double[] picture = pictures.computeIfAbsent(predicted, k -> new double[form.bytes()]);
            for (int p = 0; p < pixels.length; p++) {
                picture[p] += pixels[p] & 0xff;
            }
            parts.forEach((name, part) ->
                    shares.computeIfAbsent(name, k -> new RegionSquares()).add(values, errors, part));
            boolean[] mask = images.mask(i);
            if (mask != null) {
                onMask.add(values, errors, mask);
            }
            items.add(new Item(
                    i,
                    images.sample(i).label(),
                    predicted,
                    explained.probability(),
                    explanation.relativeError(),
                    features.of(images.values(i))));
            progress.advanced(i + 1);
        }
        progress.finished();
        if (items.isEmpty()) {
            throw new HoneException("the predicted class of all " + images.size() + " images is the contrast class '"
                    + explainer.contrast() + "'; there is nothing to explain");
        }
        shares.forEach((name, squares) -> regions.add(squares.reliance(name)));
        onDefect = onMask.isEmpty() ? null : onMask.reliance("the defect");
        maps.forEach((predicted, map) -> {
            List<Item> members =
                    items.stream().filter(m -> m.predicted == predicted).toList();
            classes.add(view(predicted, members, map, pictures.get(predicted)));
        });
    }

    private ClassView view(int c, List<Item> members, double[] map, double[] picture) {
        int n = members.size();
        float[] mean = new float[map.length];
        for (int p = 0; p < mean.length; p++) {
            mean[p] = (float) (map[p] / n);
        }
        Image image = Image.black(form.channels(), form.height(), form.width());
        for (int p = 0; p < picture.length; p++) {
            image.pixels()[p] = (byte) Math.round(picture[p] / n);
        }
        List<Item> right = members.stream().filter(m -> m.label == c).toList();
        return new ClassView(
                images.name(c),
                n,
                new HeatMap(form.height(), form.width(), mean, false)
                        .smoothed(ImageExplainer.SMOOTHING * Math.max(form.height(), form.width())),
                image,
                nearest(right.isEmpty() ? members : right));
    }

    private static List<Item> nearest(List<Item> members) {
        double[] mean = new double[members.get(0).features.length];
        for (Item member : members) {
            for (int f = 0; f < mean.length; f++) {
                mean[f] += member.features[f] / (double) members.size();
            }
        }
        return members.stream()
                .sorted(Comparator.comparingDouble(m -> IntStream.range(0, mean.length)
                        .mapToDouble(f -> Math.pow(m.features[f] - mean[f], 2))
                        .sum()))
                .limit(PROTOTYPES)
                .toList();
    }

    private double meanError() {
        return items.stream().mapToDouble(Item::relativeError).average().orElse(0);
    }

    private double accuracy() {
        return items.stream().filter(i -> i.label == i.predicted).count() / (double) items.size();
    }

    /** The largest sampling error first; none where a method samples nothing. */
    private List<Item> leastCertain() {
        return items.stream()
                .filter(i -> i.relativeError > 0)
                .sorted(Comparator.comparingDouble(i -> -i.relativeError))
                .limit(LEAST_CERTAIN)
                .toList();
    }

    /** Whether predictions rest on what they should not, in sentences. */
    private List<String> findings() {
        List<String> sentences = new ArrayList<>();
        if (leftOut > 0) {
            sentences.add("Left out: " + leftOut + " of " + images.size() + " images whose predicted class is the "
                    + "contrast class '" + explainer.contrast() + "'.");
        }
        if (!zero.isEmpty()) {
            sentences.add(zero.size() + " of " + items.size() + " maps are zero: " + zero.get(0) + ".");
            if (zero.size() == items.size()) {
                return sentences;
            }
        }
        if (onDefect != null) {
            sentences.add(onDefect.sentence()
                    + (onDefect.share() < 0.5 && onDefect.images() > 1
                            ? String.format(
                                    Locale.ROOT, " The background has the other %.0f %%.", 100 - 100 * onDefect.share())
                            : ""));
        }
        List<RegionReliance> notable =
                regions.stream().filter(RegionReliance::notable).toList();
        notable.forEach(r -> sentences.add(r.sentence()));
        if (notable.isEmpty() && items.size() > 1) {
            sentences.add("No border, corner or given region has clearly more than its share of the area.");
        }
        return sentences;
    }

    GlobalResult result(Path page) {
        List<RegionReliance> all = new ArrayList<>(regions);
        if (onDefect != null) {
            all.add(0, onDefect);
        }
        return new GlobalResult(
                items.size(),
                explainer.contrast(),
                accuracy(),
                meanError(),
                findings(),
                all,
                classes.stream()
                        .map(c -> new GlobalResult.PredictedClass(
                                c.label,
                                c.images,
                                c.prototypes.stream()
                                        .map(p -> images.sample(p.index).name())
                                        .toList()))
                        .toList(),
                leastCertain().stream()
                        .map(i -> new GlobalResult.Uncertain(
                                images.sample(i.index).name(), i.relativeError))
                        .toList(),
                page);
    }

    /** The page; the least certain images are explained again, as their maps were not kept. */
    GlobalPage page(Path model, Path data) {
        return new GlobalPage(
                model.getFileName().toString(),
                data.getFileName().toString(),
                explainer.method().properName(),
                explainer.contrast(),
                items.size(),
                accuracy(),
                meanError(),
                findings(),
                onDefect,
                regions,
                classes.stream().map(this::shown).toList(),
                leastCertain().stream().map(this::uncertain).toList());
    }

    private GlobalPage.PredictedClass shown(ClassView c) {
        return new GlobalPage.PredictedClass(
                c.label,
                c.images,
                c.mean,
                c.map,
                c.prototypes.stream()
                        .map(p ->
                                new GlobalPage.Prototype(images.sample(p.index).file(), p.probability))
                        .toList());
    }

    private GlobalPage.UncertainMap uncertain(Item item) {
        Path file = images.sample(item.index).file();
        return new GlobalPage.UncertainMap(
                images.sample(item.index).name(),
                file,
                images.maskFile(item.index).orElse(null),
                explainer.explain(images.image(item.index), -1).map(file, form, false),
                images.name(item.predicted),
                images.name(item.label),
                item.relativeError);
    }
}
