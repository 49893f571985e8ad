package dev.hone.train.backbone;

import dev.hone.model.PretrainedWeights;
import dev.hone.train.network.Normalization;
import java.util.List;

/**
 * A backbone that is known by name.
 *
 * @param description what it was trained for and what it gives
 * @param sha256 of the file that the weights come in
 * @param resource on the class path, or null if it is kept in the cache
 * @param normalization of pixels from 0 to 255
 * @param bgr whether it takes blue before green before red
 * @param maps names of the values that are its feature maps, from fine to coarse; empty for what is found
 * @param license SPDX identifier
 * @param notice who made the weights, and what was changed
 */
public record KnownBackbone(
        String name,
        String description,
        String sha256,
        String resource,
        Normalization normalization,
        boolean bgr,
        List<String> maps,
        String license,
        String notice) {
    public KnownBackbone {
        maps = List.copyOf(maps);
    }

    /** Whether it comes with Hone and needs not be added. */
    public boolean isBundled() {
        return resource != null;
    }

    PretrainedWeights weights() {
        return new PretrainedWeights(name, sha256, license, notice);
    }
}
