package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import java.util.Map;

/**
 * One kind of work: options in, a result out. A job keeps no state, so that it can run several times at once.
 *
 * @param name as it is written in recipes and on the command line, such as {@code train}
 * @param summary one imperative sentence without a full stop
 * @param options what can be asked for
 * @param <O> the record of options
 * @param <R> the result
 */
public record Job<O extends Record, R extends Job.Result>(
        String name, String summary, Class<O> options, Work<O, R> work) {

    /** What a job does. It prints nothing; it throws {@link dev.hone.core.CancelledException} where it is cancelled. */
    @FunctionalInterface
    public interface Work<O, R> {
        R run(O options, Progress progress);
    }

    /** The result of a job. */
    public interface Result {
        /** The result as JSON: maps, lists, texts, numbers, truths and nulls. */
        Map<String, Object> document();
    }

    public R run(O asked, Progress progress) {
        return work.run(asked, progress);
    }

    /** Runs it with the values of a recipe, see {@link Options#build}. */
    public R run(Map<String, ?> values, Progress progress) {
        return work.run(Options.of(options).build(values), progress);
    }
}
