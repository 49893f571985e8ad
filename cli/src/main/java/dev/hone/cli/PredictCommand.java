package dev.hone.cli;

import dev.hone.jobs.Json;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.jobs.predict.PredictResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

@Command(
        name = "predict",
        header = "Classify images or table rows: one JSON line each, with the class and the probabilities.",
        description = {
            "",
            "For images, 'milliseconds' is the time of the model; 'total' includes reading, decoding and resizing. An image "
                    + "that cannot be read gets a line with 'error', and the others are still classified; the exit code is then 2.",
            "",
            "Examples:",
            "  hone predict model.int8.onnx part-0017.png part-0018.png",
            "  hone predict credit.onnx applicants.csv",
            ""
        })
final class PredictCommand extends JobCommand<PredictOptions, PredictResult> {
    PredictCommand() {
        super(PredictJob.JOB);
    }

    @Override
    String jsonOutput() {
        return "one JSON line per image or row, as without this option";
    }

    /** Prints each line as soon as it is available, with or without --json. */
    @Override
    int execute(PredictOptions options, ConsoleProgress progress) {
        boolean[] failed = {false};
        PredictJob.run(options, progress, line -> {
            failed[0] |= line.error() != null;
            progress.result(Json.line(line.document()) + System.lineSeparator());
        });
        return failed[0] ? ExitCode.USAGE : ExitCode.OK;
    }
}
