package dev.hone.cli;

import java.util.Locale;

/** What explanations are judged by over a data set. */
enum QualityMeasure {
    POINTING(
            "pointing game",
            "share of maps whose largest value lies on the mask or within 3 % of the image's side of it"),
    ENERGY(
            "energy in mask",
            "share of the map's positive values that lies on the mask; a flat map has the mask's area"),
    DELETION(
            "deletion area",
            "probability while the map's strongest pixels are replaced by the baselines' mean; less is better"),
    INSERTION("insertion area", "probability while they are put into the blurred image; more is better"),
    INFIDELITY(
            "infidelity",
            "share of the score's changes, when squares are covered, that the map does not tell; 0 is best, 1 tells nothing"),
    SPARSITY("sparsity", "Gini index of the map: 0 all pixels alike, 1 all in one"),
    SENSITIVITY("sensitivity", "largest relative change of the map for a hardly changed image, with the same draws"),
    DEVIATION("seeds", "relative deviation of the attributions over three seeds"),
    STATED_ERROR("stated error", "what the explanation itself says of that deviation"),
    RANDOM_HEAD(
            "random head", "rank correlation with the map of the model whose last layer is shuffled; near 1 is bad"),
    RANDOM_ALL("random model", "the same with all layers shuffled"),
    SAMPLES("samples", "gradients, steps, or runs of the model that a map took");

    private final String label;
    private final String meaning;

    QualityMeasure(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** In JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String label() {
        return label;
    }

    String meaning() {
        return meaning;
    }
}
