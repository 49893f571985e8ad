package dev.hone.cli;

import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import java.nio.file.Path;
import picocli.CommandLine.Command;

@Command(
        name = "evaluate",
        header =
                "Evaluate a model on labelled images or table rows: escape rate and overkill, F1, ROC AUC, calibration.",
        description = {
            "",
            "Uses the test images or rows of DATA. If DATA does not define them, those that 'hone train' held out are "
                    + "selected by the model's random seed.",
            "",
            "The escape rate is the share of defective parts that pass, overkill the share of good parts that are "
                    + "rejected, by the model's own decisions. --set-threshold writes a model with a reject threshold "
                    + "that keeps --overkill or --escape, or has the lowest cost, on the validation images.",
            "",
            "Examples:",
            "  hone evaluate model.onnx photos --against int8.onnx --report report.html",
            "  hone evaluate model.onnx photos --overkill 0.02 --set-threshold line.onnx",
            "  hone evaluate model.onnx photos --cost-escape 100 --cost-overkill 1",
            "  hone evaluate model.onnx photos --errors errors",
            "  hone evaluate credit.onnx credit.csv",
            ""
        })
final class EvaluateCommand extends JobCommand<EvaluateOptions, EvaluateResult> {
    EvaluateCommand() {
        super(EvaluateJob.JOB);
    }

    @Override
    void print(EvaluateResult result) {
        System.out.print(EvaluationText.of(result));
        if (result.errors() != null) {
            Path shown = result.errors().page() == null
                    ? result.errors().csv()
                    : result.errors().page();
            System.err.println(result.errors().count() + " errors: "
                    + shown.toAbsolutePath().toUri());
        }
        if (result.report() != null) {
            System.err.println("report: " + result.report().toAbsolutePath().toUri());
        }
    }
}
