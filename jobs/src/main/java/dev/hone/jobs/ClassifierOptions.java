package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.core.option.Setting;
import dev.hone.model.Classifier;
import dev.hone.model.PixelRange;
import java.nio.file.Path;

/** How a classifier takes images, where its file does not say. */
public record ClassifierOptions(
        @Setting(
                help = "Pixel range that a model not made by Hone expects; models made by Hone state theirs.",
                label = "RANGE",
                defText = "symmetric for TFLite, else imagenet for 3 channels, unit for 1",
                group = "Expert")
        PixelRange pixels) {

    public static ClassifierOptions defaults() {
        return new ClassifierOptions(null);
    }

    /** Opens a model; the caller closes it. */
    public Classifier open(Path model, RunOptions run, Progress progress) {
        Classifier classifier = new Classifier(model, pixels, run.session(progress));
        if (pixels != null && classifier.input().card() != null) {
            progress.warning(model + " was made by Hone and knows the range of its pixels; '"
                    + pixels.name().toLowerCase(java.util.Locale.ROOT) + "' is ignored");
        }
        String note = classifier.input().scores().note();
        if (!note.isEmpty()) {
            progress.warning(model + ": " + note);
        }
        return classifier;
    }
}
