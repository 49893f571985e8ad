package dev.hone.jobs.backbone;

import dev.hone.train.backbone.Backbones;
import java.util.List;

/**
 * The package that a backbone's weights come in, and where they are inside it.
 *
 * @param name of the backbone
 * @param spec package and version, as npm writes it
 * @param entry the file inside the package
 * @param offset of the TFLite model in that file, which reaches to its end
 * @param sha256 of the TFLite model
 * @param last how the name of the last value of the trunk begins; what comes behind it is not kept
 */
record BackbonePackage(String name, String spec, String entry, int offset, String sha256, String last) {
    static final List<BackbonePackage> ALL = List.of(new BackbonePackage(
            Backbones.OPENIMAGES_MOBILENETV2,
            "@mediapipe/objectron@0.4.1675468480",
            "package/objectron_solution_packed_assets.data",
            184,
            Backbones.named(Backbones.OPENIMAGES_MOBILENETV2).sha256(),
            "FeatureExtractor/MobilenetV2/Conv_1/Relu6"));

    static BackbonePackage of(String name) {
        return ALL.stream().filter(p -> p.name.equals(name)).findFirst().orElseThrow();
    }
}
