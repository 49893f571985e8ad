package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.jobs.demo.DemoJob;
import dev.hone.jobs.demo.DemoOptions;
import dev.hone.jobs.demo.DemoResult;
import dev.hone.model.ModelFiles;
import picocli.CommandLine.Command;

@Command(
        name = "demo",
        header = "Run an end-to-end demo on synthetic images: train, quantize, evaluate, explain, report.",
        description = {
            "",
            "Generates images of metal, cloth, wood, concrete, castings and solar cells, with and without scratches, spots, "
                    + "cracks, stains and dents; ends with the path of a report. Takes less than five minutes on two cores.",
            "",
            "Example:",
            "  hone demo -o demo/",
            ""
        })
final class DemoCommand extends JobCommand<DemoOptions, DemoResult> {
    DemoCommand() {
        super(DemoJob.JOB);
    }

    @Override
    void print(DemoResult result) {
        if (result.model() == null) {
            return;
        }
        double accuracy = 100 * result.model().evaluation().confusion().accuracy();
        double quantized = 100 * result.quantized().evaluation().confusion().accuracy();
        System.out.print(LineFormat.format(
                "test accuracy %.1f %%, INT8 %.1f %% (%+.1f points), %s -> %s, %.0f s in total%n",
                accuracy,
                quantized,
                quantized - accuracy,
                Figures.bytes(ModelFiles.size(result.model().file())),
                Figures.bytes(ModelFiles.size(result.quantized().file())),
                result.seconds()));
        if (result.tooShort() != null) {
            System.out.println("note: " + result.tooShort().text() + "; run it again "
                    + (result.tooShort().busy() ? "on an idle machine, or " : "") + "with --minutes "
                    + result.tooShort().minutesNeeded());
        }
        System.out.println(
                "report: " + result.report().toAbsolutePath().normalize().toUri());
    }

    @Override
    int exitCode(DemoResult result) {
        return result.training().finished() ? 0 : TrainCommand.INTERRUPTED;
    }
}
