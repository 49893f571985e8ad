package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.OutputException;
import dev.hone.core.text.Csv;
import dev.hone.model.metric.Evaluation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of an unfinished cross-validation beside the output: {@code run.txt}, which says whose it is, and for each fold
 * its model, checkpoint and, once it is done, predictions. It is deleted when the output is written.
 */
final class FoldFolder {
    private static final int COLUMNS = 4;

    private final Path folder;

    FoldFolder(Path output) {
        this.folder = output.resolveSibling(output.getFileName() + ".folds");
    }

    Path path() {
        return folder;
    }

    Path model(int number) {
        return folder.resolve("fold-" + number + ".onnx");
    }

    /** The network that learns from the others. */
    Path distilled() {
        return folder.resolve("distilled.onnx");
    }

    private Path predictions(int number) {
        return folder.resolve("fold-" + number + ".csv");
    }

    /**
     * Makes the folder, or finds that it is this run's.
     *
     * @throws HoneException if it belongs to another run
     */
    void open(String identity, boolean restart) {
        Path run = folder.resolve("run.txt");
        try {
            if (restart) {
                delete();
            }
            if (Files.exists(run)) {
                if (!Files.readString(run, StandardCharsets.UTF_8).equals(identity)) {
                    throw new HoneException(
                            folder + ": the folds belong to a run with other data or options; delete the"
                                    + " folder to start from scratch, or use the options they were made with");
                }
                return;
            }
            Files.createDirectories(folder);
            AtomicFile.write(run, out -> out.write(identity.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputException(folder, e);
        }
    }

    /** Whether a fold is done. */
    boolean has(int number) {
        return Files.exists(predictions(number));
    }

    /** Writes what the model of a fold predicted for the images that it did not learn from; the fold is done then. */
    void write(int number, List<String> names, Evaluation evaluation) {
        StringBuilder text = new StringBuilder();
        int[] predicted = evaluation.predicted();
        for (int i = 0; i < names.size(); i++) {
            List<String> cells = new ArrayList<>(List.of(
                    names.get(i),
                    Integer.toString(number),
                    evaluation.labels().get(evaluation.truth()[i]),
                    evaluation.labels().get(predicted[i])));
            for (float p : evaluation.probabilities()[i]) {
                cells.add(Csv.cell(p));
            }
            text.append(line(cells));
        }
        put(predictions(number), text.toString());
    }

    /**
     * What {@link #write} wrote.
     *
     * @throws HoneException if it is not that
     */
    Evaluation read(int number, List<String> classes) {
        List<Csv.Row> rows = rows(number);
        float[][] probabilities = new float[rows.size()][classes.size()];
        int[] truth = new int[rows.size()];
        try {
            for (int i = 0; i < rows.size(); i++) {
                List<String> cells = rows.get(i).cells();
                truth[i] = classes.indexOf(cells.get(2));
                for (int k = 0; k < classes.size(); k++) {
                    probabilities[i][k] = Float.parseFloat(cells.get(COLUMNS + k));
                }
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new HoneException(predictions(number) + " is damaged; delete it to train the fold again", e);
        }
        return new Evaluation(classes, probabilities, truth);
    }

    private List<Csv.Row> rows(int number) {
        return Csv.read(predictions(number));
    }

    /** Puts the predictions of all folds into one table: image, fold, actual, predicted, the probability of each class. */
    void collect(int count, List<String> classes, Path to) {
        List<String> header = new ArrayList<>(List.of("image", "fold", "actual", "predicted"));
        classes.forEach(name -> header.add("p_" + name));
        StringBuilder text = new StringBuilder(line(header));
        for (int number = 1; number <= count; number++) {
            rows(number).forEach(row -> text.append(line(row.cells())));
        }
        put(to, text.toString());
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",")) + "\r\n";
    }

    private static void put(Path file, String text) {
        try {
            AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** Removes the folder with all that is in it. */
    void delete() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new HoneException("cannot delete " + folder + ": " + FileErrors.reason(e), e);
        }
    }
}
