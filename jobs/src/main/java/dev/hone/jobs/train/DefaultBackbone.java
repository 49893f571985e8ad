package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.train.backbone.BackboneCache;
import dev.hone.train.backbone.Backbones;

/** Which pretrained network is taken where none is named. */
final class DefaultBackbone {
    private DefaultBackbone() {}

    /** The better one, if it was added, else the one that comes with Hone. */
    static String name() {
        try {
            boolean added =
                    BackboneCache.open().find(Backbones.OPENIMAGES_MOBILENETV2).isPresent();
            return added ? Backbones.OPENIMAGES_MOBILENETV2 : Backbones.PPOCR_DET;
        } catch (HoneException e) {
            return Backbones.PPOCR_DET; // without a cache nothing was added
        }
    }
}
