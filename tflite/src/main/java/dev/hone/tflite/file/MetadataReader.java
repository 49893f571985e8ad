package dev.hone.tflite.file;

import dev.hone.core.limit.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the metadata of a TFLite file, a FlatBuffers file within the file. The numbers of the fields are those of the published
 * metadata schema. Files that belong to the model, such as its labels, are entries of a ZIP archive at the end of the file.
 */
final class MetadataReader {
    private static final String IDENTIFIER = "M001";

    private static final int MOST_TEXT = 1 << 16;
    private static final int MOST_ENTRIES = 1_000;
    private static final int MOST_CHANNELS = 64;

    private static final int AXIS_LABELS = 2;
    private static final int NORMALIZATION = 1;

    private MetadataReader() {}

    /**
     * @param file the whole of it
     * @param metadata its part with the metadata, null if there is none
     * @throws MalformedException if it is damaged
     */
    static TfliteMetadata read(ByteBuffer file, ByteBuffer metadata) {
        if (metadata == null || !FlatTable.isKind(metadata, IDENTIFIER)) {
            return TfliteMetadata.NONE;
        }
        FlatTable model = FlatTable.root(metadata);
        List<FlatTable> graphs = some(model, 3);
        List<FlatTable> inputs = graphs.isEmpty() ? List.of() : some(graphs.get(0), 2);
        List<FlatTable> outputs = graphs.isEmpty() ? List.of() : some(graphs.get(0), 3);
        FlatTable normalization = inputs.isEmpty() ? null : normalization(inputs.get(0));
        float[] mean = normalization == null ? new float[0] : channels(normalization, 0);
        float[] deviation = normalization == null ? new float[0] : channels(normalization, 1);
        boolean isComplete = mean.length > 0 && deviation.length > 0 && isUsable(mean, deviation);
        return new TfliteMetadata(
                model.text(0, MOST_TEXT),
                model.text(4, MOST_TEXT),
                model.text(5, MOST_TEXT),
                outputs.isEmpty() ? List.of() : labels(file, outputs.get(0)),
                isComplete ? mean : new float[0],
                isComplete ? deviation : new float[0]);
    }

    private static List<FlatTable> some(FlatTable table, int field) {
        return table.count(field, 4) > MOST_ENTRIES ? List.of() : table.tables(field);
    }

    private static FlatTable normalization(FlatTable tensor) {
        for (FlatTable unit : some(tensor, 4)) {
            if (unit.unsignedByte(0, 0) == NORMALIZATION) {
                return unit.table(1);
            }
        }
        return null;
    }

    private static float[] channels(FlatTable normalization, int field) {
        return normalization.count(field, 4) > MOST_CHANNELS ? new float[0] : normalization.numbers(field);
    }

    private static boolean isUsable(float[] mean, float[] deviation) {
        for (float value : mean) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        for (float value : deviation) {
            if (!Float.isFinite(value) || value <= 0) {
                return false;
            }
        }
        return true;
    }

    /** One label a line, of the first file with labels for an axis; none if it is not there. */
    private static List<String> labels(ByteBuffer file, FlatTable tensor) {
        for (FlatTable associated : some(tensor, 6)) {
            if (associated.signedByte(2, 0) == AXIS_LABELS) {
                String text = AttachedFiles.text(file, associated.text(0, MOST_TEXT));
                List<String> labels =
                        new ArrayList<>(text.lines().map(String::strip).toList());
                while (!labels.isEmpty() && labels.get(labels.size() - 1).isEmpty()) {
                    labels.remove(labels.size() - 1);
                }
                return labels;
            }
        }
        return List.of();
    }
}
