package dev.hone.jobs.explain;

import java.util.Locale;

/** Metrics of explanations over a data set. */
public enum QualityMetric {
    POINTING(
            "pointing game",
            "share of maps whose largest value lies on the mask or within 3 % of the image's side of it"),
    ENERGY(
            "energy in mask",
            "share of the map's positive values that lies on the mask; a flat map has the mask's share of the area"),
    DELETION(
            "deletion area",
            "mean probability while the map's strongest pixels are replaced by the mean baseline; lower is better"),
    INSERTION("insertion area", "mean probability while they are inserted into the blurred image; higher is better"),
    INFIDELITY(
            "infidelity",
            "unexplained share of the changes in score when squares are covered: 0 is best, 1 explains nothing"),
    SPARSITY("sparsity", "Gini index of the map: 0 for a flat map, 1 for a single pixel"),
    SENSITIVITY("sensitivity", "largest relative change of the map for a slightly changed image, same samples"),
    DEVIATION("seeds", "relative standard deviation of the attributions over three seeds"),
    STATED_ERROR("stated error", "the sampling error that the explanation itself reports"),
    RANDOM_HEAD(
            "random head", "rank correlation with the map of the model whose last layer is shuffled; near 1 is bad"),
    RANDOM_ALL("random model", "the same with all layers shuffled"),
    SAMPLES("samples", "gradients, steps or model runs per map");

    private final String label;
    private final String meaning;

    QualityMetric(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** In JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String label() {
        return label;
    }

    public String meaning() {
        return meaning;
    }
}
