package dev.hone.cli;

import dev.hone.jobs.Json;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.jobs.predict.PredictResult;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

@Command(
        name = "predict",
        header = "Classify images or table rows: one JSON or CSV line each, with the class and the probabilities.",
        description = {
            "",
            "An INPUT is a file, a folder, or a quoted pattern. For images, 'milliseconds' is the time of the model; "
                    + "'total' includes reading, decoding and resizing. An image that cannot be read gets a line with "
                    + "'error', and the others are still classified; the exit code is then 2.",
            "",
            "--watch takes each new file of a folder once, as soon as it is complete, until Ctrl-C or SIGTERM.",
            "",
            "Examples:",
            "  hone predict model.int8.onnx part-0017.png part-0018.png",
            "  hone predict model.int8.onnx parts --csv predictions.csv",
            "  hone predict model.int8.onnx 'parts/**/*.png'",
            "  hone predict model.int8.onnx --watch incoming --csv predictions.csv",
            "  hone predict credit.onnx applicants.csv",
            ""
        })
final class PredictCommand extends JobCommand<PredictOptions, PredictResult> {
    /** More lines than one looks through are summed up. */
    private static final int FEW = 20;

    PredictCommand() {
        super(PredictJob.JOB);
    }

    @Override
    String jsonOutput() {
        return "one JSON line per image or row, as without this option";
    }

    /** Prints each line as soon as it is available, and totals where there are many or they went to a file. */
    @Override
    int execute(PredictOptions options, ConsoleProgress progress) {
        boolean printed = options.csv() == null || json();
        boolean watched = options.watching().isAsked();
        PredictResult.Totals totals = PredictJob.run(options, progress, line -> {
                    if (printed) {
                        progress.result(Json.line(line.document()) + System.lineSeparator());
                    }
                })
                .totals();
        progress.finished();
        if (watched || options.csv() != null || totals.all() > FEW) {
            progress.info(text(totals) + (options.csv() == null ? "" : ": " + options.csv()));
        }
        return totals.failed() == 0 || watched ? ExitCode.OK : ExitCode.USAGE;
    }

    private static String text(PredictResult.Totals totals) {
        String classes = totals.classes().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return LineFormat.format(
                "%d predicted%s%s in %.1f s",
                totals.all() - totals.failed(),
                classes.isEmpty() ? "" : " (" + classes + ")",
                totals.failed() == 0 ? "" : ", " + totals.failed() + " failed",
                totals.seconds());
    }
}
