package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.Explanation;
import dev.hone.explain.ModelFeatures;
import dev.hone.explain.quality.RegionReliance;
import dev.hone.explain.quality.RegionSquares;
import dev.hone.explain.quality.Regions;
import dev.hone.jobs.Json;
import dev.hone.jobs.explain.ExplainedImages;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What explanations of many images say together: of each image its verdict is explained. */
final class GlobalView {
    private static final int PROTOTYPES = 6;
    private static final int LEAST_CERTAIN = 6;

    /** @param features penultimate, of the model */
    record Item(int index, int label, int verdict, float probability, double relativeError, float[] features) {}

    /**
     * @param map mean absolute attribution [H,W] over the images of the verdict
     * @param picture mean of the images
     * @param prototypes the images whose features are nearest to their mean, nearest first
     */
    record ClassView(String label, int images, HeatMap map, Image picture, List<Item> prototypes) {}

    private final ExplainedImages images;
    private final List<Item> items = new ArrayList<>();
    private final List<ClassView> classes = new ArrayList<>();
    private final List<RegionReliance> reliances = new ArrayList<>();
    /** The class that scores are compared with, or null, and how many images have it as their verdict. */
    private String contrast;

    private int passedOver;
    /** Of the maps that are zero, why. */
    private final List<String> zero = new ArrayList<>();

    private RegionReliance onDefect;

    GlobalView(ExplainedImages images) {
        this.images = images;
    }

    /** @param region see {@link Regions} */
    void run(
            ImageExplainer explainer,
            ModelFeatures features,
            ImageStore.Form form,
            String region,
            ConsoleProgressBar progress) {
        contrast = explainer.contrast();
        int plane = form.height() * form.width();
        // By verdict, and only for verdicts that come up: a model may know a thousand classes.
        TreeMap<Integer, double[]> maps = new TreeMap<>();
        TreeMap<Integer, double[]> pictures = new TreeMap<>();
        Map<String, boolean[]> regions = Regions.of(form.height(), form.width(), region);
        Map<String, RegionSquares> shares = new LinkedHashMap<>();
        RegionSquares onMask = new RegionSquares();
        for (int i = 0; i < images.size(); i++) {
            if (!explainer.explainsVerdict(images.image(i))) {
                passedOver++;
                progress.step();
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
            int verdict = explained.verdict();
            double[] mapSum = maps.computeIfAbsent(verdict, k -> new double[plane]);
            for (int p = 0; p < plane; p++) {
                mapSum[p] += map[p];
            }
            byte[] pixels = images.image(i).pixels();
            double[] picture = pictures.computeIfAbsent(verdict, k -> new double[form.bytes()]);
            for (int p = 0; p < pixels.length; p++) {
                picture[p] += pixels[p] & 0xff;
            }
            regions.forEach((name, part) ->
                    shares.computeIfAbsent(name, k -> new RegionSquares()).add(values, errors, part));
            boolean[] mask = images.mask(i);
            if (mask != null) {
                onMask.add(values, errors, mask);
            }
            items.add(new Item(
                    i,
                    images.sample(i).label(),
                    verdict,
                    explained.probability(),
                    explanation.relativeError(),
                    features.of(images.values(i))));
            progress.step();
        }
        if (items.isEmpty()) {
            throw new HoneException("the verdict on all " + images.size() + " images is '" + contrast
                    + "', the class to compare with; there is nothing to explain");
        }
        shares.forEach((name, squares) -> reliances.add(squares.reliance(name)));
        onDefect = onMask.isEmpty() ? null : onMask.reliance("the defect");
        maps.forEach((verdict, map) -> {
            List<Item> members =
                    items.stream().filter(m -> m.verdict == verdict).toList();
            classes.add(view(verdict, members, map, pictures.get(verdict), form));
        });
    }

    private ClassView view(int c, List<Item> members, double[] map, double[] picture, ImageStore.Form form) {
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

    ExplainedImages images() {
        return images;
    }

    /** How many images were explained. */
    int explained() {
        return items.size();
    }

    List<ClassView> classes() {
        return classes;
    }

    List<RegionReliance> reliances() {
        return reliances;
    }

    /** Null where there are no masks. */
    RegionReliance onDefect() {
        return onDefect;
    }

    double meanError() {
        return items.stream().mapToDouble(Item::relativeError).average().orElse(0);
    }

    /** Share of images whose verdict is their class. */
    double accuracy() {
        return items.stream().filter(i -> i.label == i.verdict).count() / (double) items.size();
    }

    /** The images whose explanation is least certain, the worst first; none where a method draws nothing at random. */
    List<Item> leastCertain() {
        return items.stream()
                .filter(i -> i.relativeError > 0)
                .sorted(Comparator.comparingDouble(i -> -i.relativeError))
                .limit(LEAST_CERTAIN)
                .toList();
    }

    /** Whether verdicts rest on what they should not, in sentences. */
    List<String> verdicts() {
        List<String> sentences = new ArrayList<>();
        if (passedOver > 0) {
            sentences.add("Left out: " + passedOver + " of " + images.size() + " images with the verdict '" + contrast
                    + "', which the others are compared with.");
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
                                    java.util.Locale.ROOT,
                                    " The background has the other %.0f %%.",
                                    100 - 100 * onDefect.share())
                            : ""));
        }
        List<RegionReliance> notable =
                reliances.stream().filter(RegionReliance::notable).toList();
        notable.forEach(r -> sentences.add(r.sentence()));
        if (notable.isEmpty() && items.size() > 1) {
            sentences.add("No border, corner or region that was looked at has clearly more than its area.");
        }
        return sentences;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("images", items.size());
        if (contrast != null) {
            document.put("contrast", contrast);
        }
        document.put("accuracy", Json.round(accuracy(), 6));
        document.put("meanRelativeError", Json.round(meanError(), 6));
        document.put("verdicts", verdicts());
        List<RegionReliance> all = new ArrayList<>(reliances);
        if (onDefect != null) {
            all.add(0, onDefect);
        }
        document.put("regions", all.stream().map(GlobalView::document).toList());
        List<Object> views = new ArrayList<>();
        for (ClassView view : classes) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("class", view.label);
            entry.put("images", view.images);
            entry.put(
                    "prototypes",
                    view.prototypes.stream()
                            .map(p -> images.sample(p.index).name())
                            .toList());
            views.add(entry);
        }
        document.put("classes", views);
        List<Object> uncertain = new ArrayList<>();
        for (Item item : leastCertain()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("image", images.sample(item.index).name());
            entry.put("relativeError", Json.round(item.relativeError, 6));
            uncertain.add(entry);
        }
        document.put("leastCertain", uncertain);
        return document;
    }

    private static Map<String, Object> document(RegionReliance reliance) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("region", reliance.region());
        boolean known = !Double.isNaN(reliance.share());
        entry.put("share", known ? Json.round(reliance.share(), 6) : null);
        entry.put("standardError", known && reliance.images() > 1 ? Json.round(reliance.standardError(), 6) : null);
        entry.put("area", Json.round(reliance.area(), 6));
        entry.put("images", reliance.images());
        entry.put("notable", reliance.notable());
        return entry;
    }
}
