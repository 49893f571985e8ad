package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.file.CacheFolder;
import dev.hone.train.backbone.Backbones;
import java.nio.file.Files;

/** Which pretrained network is taken where none is named. */
final class DefaultBackbone {
    private DefaultBackbone() {}

    /** The better one, if it was added, else the one that comes with Hone. */
    static String name() {
        try {
            boolean added = Files.isRegularFile(
                    CacheFolder.open().resolve("backbones").resolve(Backbones.OPENIMAGES_MOBILENETV2 + ".onnx"));
            return added ? Backbones.OPENIMAGES_MOBILENETV2 : Backbones.PPOCR_DET;
        } catch (HoneException e) {
            return Backbones.PPOCR_DET; // without a cache nothing was added
        }
    }
}
