package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.jobs.Json;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.ExplainListener;
import dev.hone.jobs.explain.ExplainOptions;
import dev.hone.jobs.explain.ExplainResult;
import dev.hone.jobs.explain.GlobalResult;
import dev.hone.jobs.explain.ImageExplanation;
import dev.hone.jobs.explain.ImageResult;
import dev.hone.jobs.explain.QualityResult;
import dev.hone.jobs.explain.RowExplanation;
import dev.hone.jobs.explain.RowResult;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

@Command(
        name = "explain",
        header = "Explain predictions: heat maps of images, attributions of table rows, quality over a data set.",
        description = {
            "",
            "GradientSHAP, the default method, compares the image with baselines: training images of --baselines, or "
                    + "without them the blurred image itself. Each pixel gets its share of the logit, positive or "
                    + "negative. The shares sum to the difference between the logit of the image and the mean logit of "
                    + "the baselines, up to the additivity error. For a quantized model, rounding is ignored in "
                    + "gradients (straight-through).",
            "",
            "A map is a mean over samples. Its sampling error, the expected distance from the map of infinitely many "
                    + "samples, is estimated from the spread of the samples and printed relative to the map.",
            "",
            "Other methods (--method, --list-methods) use gradients, feature maps, attention, or only the outputs, which "
                    + "every model has. With --superpixels or --grid, regions are explained instead of pixels, each with "
                    + "an error bar.",
            "",
            "For a folder, maps and a record of each image go to folders of the same names, with a page index.html. The "
                    + "same command again explains only what is new.",
            "",
            "Examples:",
            "  hone explain model.onnx part-0017.png -o maps",
            "  hone explain model.onnx part-0017.png --baselines photos -o maps",
            "  hone explain model.onnx parts -o maps",
            "  hone explain model.onnx --watch incoming -o maps",
            "  hone explain model.onnx part-0017.png --method grad-cam -o maps",
            "  hone explain model.onnx part.png --method kernel-shap --superpixels 40 -o maps",
            "  hone explain model.onnx part-0017.png --baselines photos -o maps --error 0.05",
            "  hone explain model.onnx part-0017.png -o maps --contrast good",
            "  hone explain model.int8.onnx part-0017.png --against model.onnx -o maps",
            "  hone explain model.onnx --evaluate photos --baselines photos --images 60",
            "  hone explain model.onnx --global photos --baselines photos -o global.html",
            "  hone explain credit.onnx applicants.csv --baselines training.csv -o rows",
            "  hone explain reports.onnx reports.npz --tokens reports.txt -o rows",
            ""
        })
final class ExplainCommand extends JobCommand<ExplainOptions, ExplainResult> {
    @Option(names = "--list-methods", help = true, description = "Describe the methods and what they need of a model.")
    private boolean listMethods;

    ExplainCommand() {
        super(ExplainJob.JOB);
    }

    @Override
    public Integer call() {
        if (listMethods) {
            System.out.print(ExplanationText.methods());
            return ExitCode.OK;
        }
        return super.call();
    }

    @Override
    String jsonOutput() {
        return "one JSON line per image or row; for a data set one JSON document";
    }

    /** Lines as soon as there are any; with --json one document per image or row. */
    @Override
    int execute(ExplainOptions options, ConsoleProgress progress) {
        ExplainJob.check(options);
        if (options.dataSet().global() != null && options.maps().output() == null && !json()) {
            throw new OptionException("output", "expected the page to write, such as -o global.html");
        }
        ExplainResult result = ExplainJob.run(options, progress, new Lines(progress));
        progress.finished();
        if (result instanceof ImageResult images) {
            ImageResult.Totals totals = images.totals();
            if (totals.failed() > 0 && totals.images() > 1) {
                System.err.print(LineFormat.format("hone: %d of %d images failed%n", totals.failed(), totals.images()));
            }
            if (totals.index() != null) {
                System.err.println("page: " + totals.index().toAbsolutePath().toUri());
            }
            return totals.failed() == 0 || options.watching().isAsked() ? ExitCode.OK : ExitCode.USAGE;
        } else if (result instanceof RowResult rows) {
            if (json()) {
                rows.importance().forEach(one -> System.out.println(Json.line(one.document())));
            } else {
                rows.files().forEach(System.out::println);
            }
        } else if (json()) {
            System.out.print(Json.document(result.document()) + "\n");
        } else if (result instanceof QualityResult quality) {
            System.out.print(QualityText.of(quality));
        } else if (result instanceof GlobalResult global) {
            global.findings().forEach(System.out::println);
        }
        if (result instanceof GlobalResult global && global.page() != null) {
            System.err.println("page: " + global.page().toAbsolutePath().toUri());
        }
        return ExitCode.OK;
    }

    private final class Lines implements ExplainListener {
        private final ConsoleProgress progress;

        Lines(ConsoleProgress progress) {
            this.progress = progress;
        }

        @Override
        public void image(ImageExplanation e) {
            progress.result(json() ? line(e.document()) : ExplanationText.of(e));
        }

        @Override
        public void failed(Path image, HoneException problem) {
            if (json()) {
                progress.result(line(new ImageResult.Failure(image, ErrorMessages.line(problem)).document()));
            } else {
                progress.error("hone: " + ErrorMessages.line(problem));
            }
        }

        @Override
        public void uncontrasted(ImageResult.Uncontrasted image) {
            progress.result(json() ? line(image.document()) : ExplanationText.of(image));
        }

        @Override
        public void row(RowExplanation e) {
            progress.result(json() ? line(e.document()) : e.top().isEmpty() ? "" : ExplanationText.of(e));
        }

        private static String line(Object document) {
            return Json.line(document) + System.lineSeparator();
        }
    }
}
