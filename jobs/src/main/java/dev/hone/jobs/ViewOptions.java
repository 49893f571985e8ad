package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.core.option.Setting;
import dev.hone.model.Classifier;
import dev.hone.model.ModelFiles;
import dev.hone.model.TestTimeViews;
import java.nio.file.Path;

/** Over which views of an image its prediction is averaged. */
public record ViewOptions(
        @Setting(
                help =
                        "Test-time augmentation: average the logits over views of each image, as many times the work; only"
                                + " views that the training's augmentation had.",
                label = "VIEWS",
                def = "none",
                group = "Expert")
        TestTimeViews views) {

    /** Opens a model that averages; the caller closes it. */
    public Classifier open(ClassifierOptions options, Path model, RunOptions run, Progress progress) {
        Classifier classifier = options.open(model, run, progress);
        if (views == TestTimeViews.NONE) {
            return classifier;
        }
        try (classifier) {
            views.require(model.toString(), classifier.session().metadata());
            return classifier.of(views.of(ModelFiles.read(model)), run.session(progress));
        }
    }
}
