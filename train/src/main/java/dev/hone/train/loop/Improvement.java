package dev.hone.train.loop;

import dev.hone.graph.Model;
import dev.hone.model.ModelCard;
import java.nio.file.Path;

/** The best model so far of a run that goes on; valid while {@link TrainingListener#improved} hears of it. */
public final class Improvement {
    private final BestModel best;
    private final History history;
    private Model model;

    Improvement(BestModel best, History history) {
        this.best = best;
        this.history = history;
    }

    /** What happened until now; its best epoch is the one of this model. */
    public History history() {
        return history;
    }

    /** The model, without a card. */
    public Model model() {
        if (model == null) {
            model = best.model();
        }
        return model;
    }

    /** Writes the model with its card as {@link Trainer#save} does, the comparison with the training graph included. */
    public void save(ModelCard card, Path file) {
        best.save(model(), card, file);
    }
}
