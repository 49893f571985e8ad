package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.model.metric.Decision;
import dev.hone.vision.image.Resize;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a program has to know to use a model, besides its graph; it stands in the file's {@code metadata_props}, one text
 * per key, lists as JSON arrays:
 *
 * <pre>
 * hone.labels      class names in the order of the logits, a JSON array
 * hone.channels    of images: 1 (grayscale) or 3 (red, green, blue)
 * hone.height      of images: of the input, pixels
 * hone.width       of images: of the input, pixels
 * hone.resize      of images: how they are brought to that size, stretch or letterbox
 * hone.table       of rows: columns, target and classes as JSON, see {@link TableJson}
 * hone.good        the class that is no defect; absent if there is none
 * hone.threshold   a part is rejected if 1 - p(good) is at least this; absent: the most probable class decides
 * hone.threshold.samples  what it was chosen on, see {@link ThresholdEvidence}
 * hone.scores      which output is read and what its numbers mean, see {@link ClassScores}
 * hone.provenance.*  see {@link Provenance}
 * </pre>
 *
 * Others write, beside the card:
 *
 * <pre>
 * hone.curves            training: a header, then a line of comma-separated values per epoch
 * hone.group             training: what kept images of one part together, a column or an expression; absent if nothing did
 * hone.pretrained        training: weights of others that it was trained on, see {@link PretrainedWeights}
 * hone.quantization      quantization: types, bits, calibration, number of images
 * hone.quantization.cpu  quantization: the processor that it ran on
 * </pre>
 *
 * @param labels class names in the order of the logits
 * @param input what the model takes
 * @param good null if no class is called good
 * @param threshold NaN if the most probable class decides
 */
public record ModelCard(List<String> labels, InputSpec input, String good, double threshold, Provenance provenance) {
    private static final String PREFIX = "hone.";
    private static final String TABLE = "table";

    public ModelCard {
        labels = List.copyOf(labels);
        if (good != null && !labels.contains(good)) {
            throw new HoneException("the good class '" + good + "' is none of the labels " + labels);
        }
        if (!Double.isNaN(threshold) && (good == null || threshold < 0 || threshold > 1)) {
            throw new HoneException("the threshold " + threshold
                    + (good == null ? " needs a class called good, and there is none" : " is not between 0 and 1"));
        }
    }

    /** The index of the good class, or -1. */
    public int goodIndex() {
        return good == null ? -1 : labels.indexOf(good);
    }

    /** How the model's probabilities become a verdict. */
    public Decision decision() {
        return Double.isNaN(threshold) ? Decision.MOST_PROBABLE : new Decision(goodIndex(), threshold);
    }

    /** The same model deciding otherwise; a decision with a threshold also says which class is the good one. */
    public ModelCard withDecision(Decision value) {
        return new ModelCard(
                labels, input, value.hasThreshold() ? labels.get(value.good()) : good, value.threshold(), provenance);
    }

    public ModelCard withProvenance(Provenance value) {
        return new ModelCard(labels, input, good, threshold, value);
    }

    /** Puts the card into a model's metadata, in place of an older one; what others have put there stays. */
    public void writeTo(Model model) {
        Map<String, String> metadata = model.metadata();
        metadata.remove(PREFIX + "good");
        metadata.remove(PREFIX + "threshold");
        metadata.put(PREFIX + "labels", TextList.write(labels));
        if (input instanceof InputSpec.OfImage image) {
            metadata.put(PREFIX + "channels", Integer.toString(image.channels()));
            metadata.put(PREFIX + "height", Integer.toString(image.height()));
            metadata.put(PREFIX + "width", Integer.toString(image.width()));
            metadata.put(PREFIX + "resize", image.resize());
        } else if (input instanceof InputSpec.OfRow row) {
            metadata.put(PREFIX + TABLE, TableJson.write(row.schema()));
        }
        if (good != null) {
            metadata.put(PREFIX + "good", good);
        }
        if (!Double.isNaN(threshold)) {
            metadata.put(PREFIX + "threshold", Double.toString(threshold));
        } else {
            metadata.remove(ThresholdEvidence.KEY);
        }
        ClassScores.byNames(model.graph()).writeTo(metadata);
        provenance.writeTo(metadata, PREFIX + "provenance.");
        model.setProducer("hone", provenance.version());
    }

    /** The keys and values as they stand in a file. */
    public Map<String, String> entries() {
        Model holder = new Model(new Graph("card"));
        writeTo(holder);
        return holder.metadata();
    }

    /** Whether metadata has a card. */
    public static boolean isIn(Map<String, String> metadata) {
        return metadata.containsKey(PREFIX + "labels");
    }

    /**
     * Reads the card out of a model's metadata, as of {@code Model.metadata()} or {@code Session.metadata()}.
     *
     * @throws HoneException if there is none or it is damaged, naming the key
     */
    public static ModelCard read(Map<String, String> metadata) {
        if (!isIn(metadata)) {
            throw new HoneException("the model has no metadata 'hone.labels': it was not made by hone train;"
                    + " train or fine-tune it first");
        }
        String threshold = metadata.get(PREFIX + "threshold");
        InputSpec input = input(metadata);
        return new ModelCard(
                input instanceof InputSpec.OfRow row
                        ? row.schema().classes()
                        : TextList.read(PREFIX + "labels", required(metadata, "labels")),
                input,
                metadata.get(PREFIX + "good"),
                threshold == null ? Double.NaN : decimal(threshold),
                Provenance.read(metadata, PREFIX + "provenance."));
    }

    private static InputSpec input(Map<String, String> metadata) {
        return takesRows(metadata)
                ? new InputSpec.OfRow(TableJson.read(required(metadata, TABLE)))
                : new InputSpec.OfImage(
                        number(metadata, "channels"),
                        number(metadata, "height"),
                        number(metadata, "width"),
                        resize(metadata));
    }

    /** Whether metadata are of a model of rows of a table. */
    public static boolean takesRows(Map<String, String> metadata) {
        return metadata.containsKey(PREFIX + TABLE);
    }

    private static String required(Map<String, String> metadata, String key) {
        String value = metadata.get(PREFIX + key);
        if (value == null) {
            throw new HoneException("the model's metadata lacks '" + PREFIX + key + "'");
        }
        return value;
    }

    private static int number(Map<String, String> metadata, String key) {
        String value = required(metadata, key);
        // No image has more than 65,535 pixels a side, most formats cannot have.
        if (!value.matches("[1-9]\\d{0,4}") || Integer.parseInt(value) > 65_535) {
            throw new HoneException("the model's metadata '" + PREFIX + key + "' is '" + value
                    + "', expected a whole number up to 65535");
        }
        return Integer.parseInt(value);
    }

    private static String resize(Map<String, String> metadata) {
        String value = required(metadata, "resize");
        if (Stream.of(Resize.Mode.values()).noneMatch(mode -> mode.name().equalsIgnoreCase(value))) {
            throw new HoneException(
                    "the model's metadata '" + PREFIX + "resize' is '" + value + "', expected stretch or letterbox");
        }
        return value;
    }

    private static double decimal(String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new HoneException("the model's metadata 'hone.threshold' is '" + value + "', expected a number", e);
        }
    }
}
