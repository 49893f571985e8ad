package dev.hone.jobs.runs;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes runs as event files of TensorBoard: a folder per run, which it shows as one. */
public final class TensorBoardExport {
    private TensorBoardExport() {}

    /**
     * Writes {@code folder/ID/events.out.tfevents...} for each run; a second export of a run replaces the first.
     *
     * @return the files
     * @throws OutputException if a file cannot be written
     */
    public static List<Path> write(List<Run> runs, Path folder) {
        List<Path> files = new ArrayList<>();
        for (Run run : runs) {
            Path file = folder.resolve(run.id())
                    .resolve("events.out.tfevents." + run.started().getEpochSecond() + "." + run.id() + ".hone");
            try {
                Files.createDirectories(file.getParent());
                AtomicFile.write(file, out -> write(run, new EventFile(out, time(run, 0))));
            } catch (IOException e) {
                throw new OutputException(file, e);
            }
            files.add(file);
        }
        return files;
    }

    private static double time(Run run, double seconds) {
        return run.started().toEpochMilli() / 1e3 + seconds;
    }

    private static void write(Run run, EventFile events) throws IOException {
        StringBuilder options = new StringBuilder("| option | value |\n| --- | --- |\n");
        run.options().forEach((name, value) -> options.append("| ")
                .append(name)
                .append(" | ")
                .append(String.valueOf(value).replace("|", "\\|"))
                .append(" |\n"));
        events.text("options", time(run, 0), options.toString());
        for (Map.Entry<String, List<Run.Value>> curve : run.curves().entrySet()) {
            for (Run.Value value : curve.getValue()) {
                events.scalar(tag(curve.getKey()), value.step(), time(run, value.seconds()), value.value());
            }
        }
        for (Map.Entry<String, Double> metric : run.metrics().entrySet()) {
            events.scalar("result/" + metric.getKey(), 0, time(run, run.seconds()), metric.getValue());
        }
    }

    /** Curves of training and of validation in groups of their own: {@code validation/macro F1}. */
    static String tag(String name) {
        return name.replaceFirst("\\b(training|validation) (?=\\S)", "$1/");
    }
}
