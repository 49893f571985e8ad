package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.core.text.NearestName;
import dev.hone.model.metric.Decision;
import dev.hone.runtime.Session;
import dev.hone.runtime.TensorInfo;
import dev.hone.tflite.TfliteReader;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a model takes images and what its scores mean: from its input's shape and, where Hone made it, from its card.
 *
 * @param name of the input
 * @param elementType as in ONNX: 1 float32, 2 uint8
 * @param fixedBatch the batch size where the model fixes it, else 0
 * @param mean what is taken from a pixel of 0..255, per channel
 * @param deviation what it is then divided by, per channel
 * @param labels class names, or null where the model does not say
 * @param seed of the division into training and test images
 * @param scores which output is read, [N,K], and what its numbers mean
 * @param card what else Hone wrote into the model, or null
 */
public record ImageInput(
        String name,
        int elementType,
        int fixedBatch,
        ImageStore.Form form,
        float[] mean,
        float[] deviation,
        List<String> labels,
        long seed,
        ClassScores scores,
        Cards.Card card) {
    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    /** So many classes are named where another one is asked for. */
    private static final int MOST_NAMED = 20;

    /**
     * The input of a model over images.
     *
     * @throws HoneException if the model takes something else
     */
    public static TensorInfo image(Path file, Session session) {
        if (ModelCard.takesRows(session.metadata())) {
            throw new HoneException(file + " takes rows of a table, not images");
        }
        if (session.inputs().size() != 1) {
            throw new HoneException(
                    file + " has " + session.inputs().size() + " inputs, expected one, an image [N,C,H,W]");
        }
        TensorInfo input = session.inputs().get(0);
        long[] dims = input.dims();
        if (dims.length != 4
                || (input.elementType() != FLOAT && input.elementType() != UINT8)
                || (dims[1] != 1 && dims[1] != 3)) {
            throw new HoneException(file + ": input " + input
                    + " is not an image; expected float or uint8 [N,C,H,W] with 1 or 3 channels");
        }
        return input;
    }

    static ImageInput of(Path file, Session session, ClassScores scores, PixelRange pixels) {
        TensorInfo input = image(file, session);
        long[] dims = input.dims();
        Cards.Card card = Cards.read(file, session.metadata());
        InputSpec.OfImage image = card == null ? null : card.image();
        int height = (int) (dims[2] > 0 ? dims[2] : image == null ? -1 : image.height());
        int width = (int) (dims[3] > 0 ? dims[3] : image == null ? -1 : image.width());
        if (height <= 0 || width <= 0) {
            throw new HoneException(
                    file + ": input " + input + " leaves the image size open and the model's metadata do "
                            + "not give it either; export it with a fixed height and width");
        }
        int channels = (int) dims[1];
        float[] mean = new float[channels];
        float[] deviation = new float[channels];
        PixelRange range = PixelRange.of(session.metadata(), pixels, channels);
        for (int c = 0; c < channels; c++) {
            mean[c] = range.mean(c);
            deviation[c] = range.deviation(c);
        }
        return new ImageInput(
                input.name(),
                input.elementType(),
                session.batch(),
                new ImageStore.Form(
                        channels, height, width, image == null ? Resize.Mode.STRETCH : mode(image.resize())),
                mean,
                deviation,
                card == null ? labels(session.metadata()) : card.labels(),
                card == null ? 1 : card.seed(),
                scores,
                card);
    }

    /** Class names that a TFLite file came with, null if there are none. */
    private static List<String> labels(Map<String, String> metadata) {
        String lines = metadata.get(TfliteReader.LABELS_KEY);
        return lines == null ? null : lines.lines().toList();
    }

    private static Resize.Mode mode(String resize) {
        return Resize.Mode.valueOf(resize.toUpperCase(Locale.ROOT));
    }

    /** Writes bytes [N,C,H,W] as the floats that the model takes. */
    public void scaled(ByteBuffer bytes, FloatBuffer to) {
        int plane = form.height() * form.width();
        while (bytes.hasRemaining()) {
            for (int c = 0; c < form.channels(); c++) {
                float shift = mean[c];
                float factor = 1 / deviation[c];
                for (int i = 0; i < plane; i++) {
                    to.put(((bytes.get() & 0xFF) - shift) * factor);
                }
            }
        }
    }

    public Map<String, double[]> history() {
        return card == null ? Map.of() : card.history();
    }

    public Map<String, String> provenance() {
        return card == null ? Map.of() : card.provenance();
    }

    /** How the model decides; by its most probable class where it does not say. */
    public Decision decision() {
        return card == null ? Decision.MOST_PROBABLE : card.decision();
    }

    /** The class without a defect: as named on the command line, as the model says, as the names suggest; or -1. */
    public int good(List<String> classes, String named) {
        return GoodClass.index(classes, named != null || card == null ? named : card.good());
    }

    public String label(int index) {
        return labels != null && index < labels.size() ? labels.get(index) : Integer.toString(index);
    }

    /** @throws HoneException if there is no such class */
    public int index(String label) {
        int index = labels == null ? -1 : labels.indexOf(label);
        if (index < 0 && label.matches("\\d{1,6}")) {
            index = Integer.parseInt(label);
        }
        if (index < 0 || (labels != null && index >= labels.size())) {
            throw new HoneException("no class '" + label + "', the model's are "
                    + (labels == null
                            ? "numbered from 0"
                            : labels.size() <= MOST_NAMED
                                    ? labels.toString()
                                    : labels.subList(0, MOST_NAMED) + " and " + (labels.size() - MOST_NAMED)
                                            + " more; give one of them, or its number from 0")
                    + (labels == null ? "" : NearestName.hint(label, labels)));
        }
        return index;
    }
}
