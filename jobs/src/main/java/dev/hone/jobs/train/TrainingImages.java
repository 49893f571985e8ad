package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.jobs.DataSets;
import dev.hone.model.GoodClass;
import dev.hone.vision.store.ImageStore;
import java.util.Locale;

/**
 * The images of a run, divided but not decoded: that depends on what is trained.
 *
 * @param set its validation and test images set aside
 */
record TrainingImages(TrainOptions options, DataSet set) {

    /**
     * Near duplicates are looked for once it is seen that the network can be built.
     *
     * @throws dev.hone.core.HoneException if a classifier cannot be learned from the data
     */
    static TrainingImages open(TrainOptions options, Progress progress) {
        NetworkBuilder network = new NetworkBuilder(options.network());
        DataSet whole = DataSets.open(options.data(), options.dataOptions(), progress);
        whole.requireTrainable();
        GoodClass.index(whole.classes(), options.good());
        network.check(whole.classes(), network.form(whole));
        boolean inFolds = options.folds().folds() > 0;
        if (inFolds) {
            FoldTraining.divide(whole, options);
        }
        DataSet set = DataSets.divided(whole, options.dataOptions(), options.seed(), progress);
        if (!inFolds) {
            set.requireTrainable();
        }
        return new TrainingImages(options, set);
    }

    /** Decodes them as a network needs them. */
    ImageStore decoded(NetworkBuilder network, Progress progress) {
        ImageStore.Form form = network.form(set);
        network.check(set.classes(), form);
        ImageStore store = DataSets.store(set, form, options.dataOptions(), progress);
        DataSet kept = store.dataSet();
        kept.requireTrainable();
        kept.balanceNotices().forEach(progress::warning);
        kept.revision().notices().forEach(progress::warning);
        progress.info(described(kept, store.form()));
        return store;
    }

    /** Decodes them once more at another size, without saying again what was said. */
    ImageStore decodedAgain(NetworkBuilder network, Progress progress) {
        return DataSets.store(set, network.form(set), options.dataOptions(), progress.silent());
    }

    private static String described(DataSet set, ImageStore.Form form) {
        return String.format(
                Locale.ROOT,
                "%d training, %d validation, %d test images of %d classes, %d x %d %s",
                set.indices(Split.TRAIN).length,
                set.indices(Split.VALIDATION).length,
                set.indices(Split.TEST).length,
                set.classes().size(),
                form.width(),
                form.height(),
                form.channels() == 1 ? "grayscale" : "RGB");
    }
}
