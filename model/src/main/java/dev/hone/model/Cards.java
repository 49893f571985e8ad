package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.core.file.Sha256;
import dev.hone.graph.Model;
import dev.hone.model.metric.Decision;
import dev.hone.vision.store.PixelStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What Hone wrote into a model about itself, as the commands use it. */
public final class Cards {
    /** Metadata key of the curves: a header and a line of comma-separated values per epoch. */
    private static final String CURVES = "hone.curves";

    /** Metadata key of the expression that kept images of one part together when the data were divided. */
    private static final String GROUP = "hone.group";

    /** Metadata key of the revision of the search by which near duplicates were kept together. */
    private static final String DUPLICATES = "hone.duplicates";

    private static final String PIXELS = "hone.pixels";

    private Cards() {}

    /**
     * @param group expression that the division of the data went by, or null
     * @param duplicates revision of the search whose near duplicates the division kept together, or null
     * @param good the class without a defect, or null
     * @param data revision of the training data
     * @param commands arguments of those that made the model, in order, each in one line
     */
    public record Card(
            List<String> labels,
            InputSpec input,
            long seed,
            String group,
            String duplicates,
            String good,
            Decision decision,
            String data,
            Map<String, double[]> history,
            Map<String, String> provenance,
            List<String> commands) {
        /** What the model takes of images; null if it takes rows. */
        InputSpec.OfImage image() {
            return input instanceof InputSpec.OfImage image ? image : null;
        }
    }

    /** Null where the model has no card. */
    public static Card read(Path file, Map<String, String> metadata) {
        if (!ModelCard.isIn(metadata)) {
            return null;
        }
        ModelCard card;
        try {
            card = ModelCard.read(metadata);
        } catch (HoneException e) {
            throw new HoneException(file + ": " + e.getMessage(), e);
        }
        Provenance from = card.provenance();
        Map<String, String> words = new LinkedHashMap<>();
        words.put("Hone", from.version());
        words.put("runtime", from.runtime());
        words.put("data revision", from.data());
        words.put("seed", Long.toString(from.seed()));
        words.put("training", from.history());
        words.put("parent (SHA-256)", from.parent());
        words.put("done", String.join("; ", from.done()));
        words.values().removeIf(String::isEmpty);
        return new Card(
                card.labels(),
                card.input(),
                from.seed(),
                metadata.get(GROUP),
                metadata.get(DUPLICATES),
                card.good(),
                card.decision(),
                from.data(),
                curves(metadata.get(CURVES)),
                words,
                from.commands());
    }

    /**
     * Marks a model as made from a file.
     *
     * @param scores what the scores of that file mean, which holds for the new one too; null where that is not known
     */
    public static void derived(Model model, Path parent, ClassScores scores, List<String> arguments) {
        if (scores != null) {
            scores.writeTo(model.metadata());
        }
        if (ModelCard.isIn(model.metadata())) {
            ModelCard card = ModelCard.read(model.metadata());
            Provenance more = card.provenance().then(Sha256.of(parent), arguments, String.join(" ", arguments));
            card.withProvenance(more).writeTo(model);
        }
    }

    public static void writeGroup(Model model, String expression) {
        if (expression != null) {
            model.metadata().put(GROUP, expression);
        }
    }

    /** @param revision of the search for near duplicates that were kept together */
    public static void writeDuplicates(Model model, String revision) {
        model.metadata().put(DUPLICATES, revision);
    }

    /** Statistics of the training images' pixels, 0 to 255, by channel. */
    public static void writePixels(Model model, PixelStatistics pixels) {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c < pixels.mean().length; c++) {
            text.append(c == 0 ? "" : "\n")
                    .append(String.format(Locale.ROOT, "%.3f,%.3f", pixels.mean()[c], pixels.deviation()[c]));
        }
        model.metadata().put(PIXELS, text.toString());
    }

    /** Null where a model does not state them for so many channels. */
    public static PixelStatistics pixels(Map<String, String> metadata, int channels) {
        List<String> lines = metadata.getOrDefault(PIXELS, "").lines().toList();
        if (lines.size() != channels
                || !lines.stream().allMatch(line -> line.matches("\\d{1,3}\\.\\d{3},\\d{1,3}\\.\\d{3}"))) {
            return null;
        }
        float[] mean = new float[channels];
        float[] deviation = new float[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = Float.parseFloat(lines.get(c).split(",")[0]);
            deviation[c] = Float.parseFloat(lines.get(c).split(",")[1]);
        }
        return new PixelStatistics(mean, deviation);
    }

    /** @param curves one value an epoch, by name */
    public static void writeCurves(Model model, Map<String, double[]> curves) {
        StringBuilder text = new StringBuilder(String.join(",", curves.keySet()));
        int epochs = curves.values().stream().mapToInt(c -> c.length).max().orElse(0);
        for (int e = 0; e < epochs; e++) {
            String separator = "\n";
            for (double[] curve : curves.values()) {
                text.append(separator).append(String.format(Locale.ROOT, "%.6g", curve[e]));
                separator = ",";
            }
        }
        model.metadata().put(CURVES, text.toString());
    }

    private static Map<String, double[]> curves(String text) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        if (text == null) {
            return curves;
        }
        List<String[]> rows = new ArrayList<>();
        text.lines().forEach(line -> rows.add(line.split(",")));
        String[] names = rows.isEmpty() ? new String[0] : rows.get(0);
        try {
            for (int c = 0; c < names.length; c++) {
                double[] values = new double[rows.size() - 1];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Double.parseDouble(rows.get(i + 1)[c]);
                }
                curves.put(names[c], values);
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new HoneException(
                    "the model's metadata '" + CURVES + "' is damaged: expected names, then as many numbers a line", e);
        }
        return curves;
    }
}
