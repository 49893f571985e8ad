package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;

/**
 * Explains predictions: of images as heat maps, of rows of a table or an array as attributions of columns or steps, of a
 * data set as the quality of its explanations or as what they show together.
 */
public final class ExplainJob {
    public static final Job<ExplainOptions, ExplainResult> JOB = new Job<>(
            "explain",
            "Explain predictions: heat maps of images, attributions of rows, quality over a data set",
            ExplainOptions.class,
            ExplainJob::run);

    private ExplainJob() {}

    public static ExplainResult run(ExplainOptions options, Progress progress) {
        return run(options, progress, ExplainListener.NONE);
    }

    /** @throws HoneException if something is missing, or options are given that do not go together */
    public static void check(ExplainOptions options) {
        ExplainChecks.check(options);
    }

    /**
     * @param listener hears of each image or row as soon as it is explained
     * @throws HoneException if options do not go together, a file cannot be read or written, or the method does not take
     *     the model; an image that cannot be explained is a failure in the result and does not stop the others
     */
    public static ExplainResult run(ExplainOptions options, Progress progress, ExplainListener listener) {
        return Outputs.holding(options, () -> explain(options, progress, listener));
    }

    private static ExplainResult explain(ExplainOptions options, Progress progress, ExplainListener listener) {
        check(options);
        if (options.dataSet().isAsked()) {
            return new DataSetWork(options, progress).run();
        }
        Outputs.requireWritableFolder(options.maps().output());
        return options.explainsRows()
                ? new RowsWork(options, progress, listener).run()
                : new ImagesWork(options, progress, listener).run();
    }
}
