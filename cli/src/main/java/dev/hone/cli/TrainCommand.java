package dev.hone.cli;

import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import picocli.CommandLine.Command;

@Command(
        name = "train",
        header = "Train a classifier on DATA and write it as one ONNX file.",
        description = {
            "",
            "Without options: a small residual network, input size and color taken from the images, augmented images, the "
                    + "best epoch by macro F1 on validation images. Where DATA does not say which images are for "
                    + "validation and test, some of each class are set aside, the same ones for the same seed.",
            "",
            "With --target, DATA is a table: eight small perceptrons vote in one network, the best epoch by validation loss. "
                    + "Standardization, missing numbers and categories are handled inside the model.",
            "",
            "Ctrl-C writes a checkpoint; the same command resumes from it, to the same weights.",
            "",
            "Examples:",
            "  hone train photos -o model.onnx",
            "  hone train photos -o model.onnx --minutes 40            as many epochs as fit",
            "  hone train split.csv -o model.onnx --architecture mobilenetv3-small --size 224",
            "  hone train credit.csv -o credit.onnx --target default",
            "  hone train photos -o model.onnx --from other.onnx --freeze 'stem.*,layer2.*'",
            ""
        })
final class TrainCommand extends JobCommand<TrainOptions, TrainResult> {
    /** What shells return for a process that Ctrl-C ended. */
    static final int INTERRUPTED = 130;

    TrainCommand() {
        super(TrainJob.JOB);
    }

    @Override
    void print(TrainResult result) {
        System.err.println(
                result.finished()
                        ? result.model() + ": " + result.history().summary()
                        : "stopped; the same command resumes from " + result.checkpoint() + ", --restart starts anew");
    }

    @Override
    int exitCode(TrainResult result) {
        return result.finished() ? 0 : INTERRUPTED;
    }
}
