package dev.hone.jobs.evaluate;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.OutputException;
import dev.hone.core.text.Csv;
import dev.hone.core.text.Names;
import dev.hone.jobs.Outputs;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Evaluation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The misclassified samples of an evaluation: escapes first, then overkill, then defects taken for others, in each the most
 * confident errors first. {@code errors.csv} has a line for each.
 */
final class ErrorList {
    /** Name of the list in its folder. */
    static final String CSV = "errors.csv";

    private final ModelEvaluation model;
    private final List<Misclassified> errors;

    /** What an error means on an inspection line. */
    enum Kind {
        ESCAPE("Escapes: defective, predicted as good"),
        OVERKILL("Overkill: good, predicted as defective"),
        WRONG_CLASS("Wrong class");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /** As a heading. */
        String title() {
            return title;
        }

        /** As in the list. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One sample.
     *
     * @param index among the evaluated ones
     */
    record Misclassified(int index, Kind kind, String actual, String predicted, float probability, float ofActual) {}

    ErrorList(ModelEvaluation model) {
        this.model = model;
        this.errors = List.copyOf(find());
    }

    List<Misclassified> errors() {
        return errors;
    }

    private List<Misclassified> find() {
        Evaluation evaluation = model.evaluation();
        int[] predicted = evaluation.predicted();
        List<Misclassified> all = new ArrayList<>();
        for (int i = 0; i < predicted.length; i++) {
            int actual = evaluation.truth()[i];
            if (predicted[i] != actual) {
                all.add(new Misclassified(
                        i,
                        kind(actual, predicted[i]),
                        evaluation.labels().get(actual),
                        evaluation.labels().get(predicted[i]),
                        evaluation.probabilities()[i][predicted[i]],
                        evaluation.probabilities()[i][actual]));
            }
        }
        all.sort(Comparator.comparing(Misclassified::kind)
                .thenComparing(
                        Comparator.comparingDouble(Misclassified::probability).reversed()));
        return all;
    }

    private Kind kind(int actual, int predicted) {
        return model.good() < 0
                ? Kind.WRONG_CLASS
                : predicted == model.good() ? Kind.ESCAPE : actual == model.good() ? Kind.OVERKILL : Kind.WRONG_CLASS;
    }

    /**
     * Checks the place before long work.
     *
     * @param data that is evaluated, whose images would not be told from pictures among them
     */
    static void require(Path folder, Path model, Path data) {
        Outputs.requireWritableFolder(folder);
        try {
            Path root = Files.isDirectory(data) ? data : data.toAbsolutePath().getParent();
            if (Files.isDirectory(data) && folder.toRealPath().startsWith(root.toRealPath())) {
                throw new HoneException(Names.shown(folder.toString()) + " is in the folder of the evaluated images, "
                        + data + "; choose a folder outside of it");
            }
        } catch (IOException e) {
            throw new HoneException("cannot write to " + folder + ": " + FileErrors.reason(e), e);
        }
        Outputs.requireWritable(folder.resolve(CSV), model, data);
        Outputs.requireWritable(folder.resolve("index.html"), model, data);
    }

    /**
     * Writes the list.
     *
     * @param names of all evaluated samples
     * @param pictures of the errors relative to the folder, "" where there is none; null for rows
     */
    Path writeCsv(Path folder, List<String> names, String unit, List<String> pictures) {
        Path file = folder.resolve(CSV);
        StringBuilder text = new StringBuilder((unit.equals("rows") ? "row" : "image")
                + ",kind,actual,predicted,probability,p_actual" + (pictures == null ? "" : ",map") + "\r\n");
        for (int k = 0; k < errors.size(); k++) {
            Misclassified error = errors.get(k);
            text.append(Csv.cell(names.get(error.index)))
                    .append(',')
                    .append(error.kind.label())
                    .append(',')
                    .append(Csv.cell(error.actual))
                    .append(',')
                    .append(Csv.cell(error.predicted))
                    .append(String.format(Locale.ROOT, ",%.6f,%.6f", error.probability, error.ofActual))
                    .append(pictures == null ? "" : "," + Csv.cell(pictures.get(k)))
                    .append("\r\n");
        }
        try {
            AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
        return file;
    }
}
