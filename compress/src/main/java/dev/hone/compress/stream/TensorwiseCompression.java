package dev.hone.compress.stream;

import dev.hone.compress.Accuracy;
import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.Compression;
import dev.hone.compress.CompressionContext;
import dev.hone.compress.CompressionReport;
import dev.hone.graph.Model;
import java.nio.file.Path;
import java.util.Map;

/** A compression that makes each tensor by itself, so that models larger than memory can be compressed too. */
public abstract class TensorwiseCompression implements Compression {
    /**
     * @param model in FP32, to be run on calibration data; null where it is streamed, in which case there are none
     */
    protected abstract Format format(Model model, CompressionContext context);

    @Override
    public final Compressed compress(Model model, CompressionContext context) {
        Format format = format(model, context);
        Model made = model.copy();
        Converter.Converted converted = Converter.convert(made, format, context.progress());
        AccuracyGoal goal = context.goal();
        Accuracy accuracy = goal == null
                ? null
                : Accuracy.of(goal.metric().points(model), goal.metric().points(made), goal.maxDrop());
        return new Compressed(made, report(format, converted, accuracy));
    }

    /**
     * From file to file, as {@link Converter} does it; calibration data and the goal are not looked at.
     *
     * @param changes to the model before it is written
     */
    public final CompressionReport stream(Path from, Path to, Converter.Changes changes, CompressionContext context) {
        Format format = format(null, context.withCalibration(null));
        return report(format, Converter.convert(from, to, format, changes, context.progress()), null);
    }

    private static CompressionReport report(Format format, Converter.Converted converted, Accuracy accuracy) {
        return new Report(format.description(), converted.left(), accuracy, converted.tensors());
    }

    private record Report(String summary, Map<String, String> kept, Accuracy accuracy, int tensors)
            implements CompressionReport {
        @Override
        public Map<String, Object> details() {
            return Map.of("tensors", tensors);
        }
    }
}
