package dev.hone.cli;

import dev.hone.jobs.train.Candidate;
import dev.hone.jobs.train.TimeLimit;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import picocli.CommandLine.Command;

@Command(
        name = "train",
        header = "Train a classifier on DATA and write it as one ONNX file.",
        description = {
            "",
            "Default: a classifier on features of a pretrained network, written within seconds; then that network "
                    + "fine-tuned, and a small residual network from scratch, in the time given (10 minutes). The file "
                    + "is replaced only by what is better by validation macro F1. With --architecture, --from or "
                    + "--epochs one network is trained. If DATA does not define validation and test images, "
                    + "a stratified part is held out, reproducible by the random seed.",
            "",
            "With --target, DATA is a table: an ensemble of eight small perceptrons in one network; the weights of the best epoch by validation loss. "
                    + "Standardization, missing numbers and categories are handled inside the model.",
            "",
            "The best model so far is in its file from the first validation on. Ctrl-C writes a checkpoint. Run the same "
                    + "command again to resume; the final weights are the same. After the end, more epochs or minutes "
                    + "continue the run.",
            "",
            "Examples:",
            "  hone train photos -o model.onnx",
            "  hone train photos -o model.onnx --head svm              done in seconds",
            "  hone train photos -o model.onnx --minutes 40            done in 40 minutes",
            "  hone train split.csv -o model.onnx --architecture mobilenetv2 --size 224",
            "  hone train credit.csv -o credit.onnx --target default",
            "  hone train photos -o model.onnx --from other.onnx --freeze 'stem.*,layer2.*'",
            "  hone train photos -o model.onnx --folds 5               cross-validation",
            ""
        })
final class TrainCommand extends JobCommand<TrainOptions, TrainResult> {
    /** Exit code of a process ended by Ctrl-C, as in shells. */
    static final int INTERRUPTED = 130;

    TrainCommand() {
        super(TrainJob.JOB);
    }

    @Override
    void print(TrainResult result) {
        if (result.folds() != null) {
            System.err.print(FoldsText.of(result.model(), result.folds()));
            return;
        }
        if (!result.finished()) {
            System.err.println("stopped; run the same command to resume from " + result.checkpoint()
                    + ", or add --restart to start over");
        } else if (result.candidates().isEmpty()) {
            System.err.println(result.model() + ": " + result.history().summary());
        } else {
            result.candidates().forEach(candidate -> System.err.println(line(candidate)));
            System.err.println(result.model() + ": " + result.chosen().name());
        }
        if (result.limit() != null) {
            System.err.println(cutShort(result.limit()));
        }
    }

    /** A line of the table of what was tried. */
    static String line(Candidate candidate) {
        return LineFormat.format(
                "%s %-12s %-34s %6.0f s  accuracy %5.1f %%  macro F1 %5.1f %%",
                candidate.chosen() ? "*" : " ",
                candidate.name(),
                candidate.detail(),
                candidate.seconds(),
                100 * candidate.accuracy(),
                100 * candidate.macroF1());
    }

    /** What happened and what to do. */
    static String cutShort(TimeLimit limit) {
        return "note: " + limit.text() + "; run it again on an idle machine, or with --minutes "
                + limit.minutesNeeded();
    }

    @Override
    int exitCode(TrainResult result) {
        return result.finished() ? 0 : INTERRUPTED;
    }
}
