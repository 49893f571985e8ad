package dev.hone.jobs.recipe;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;

/**
 * Runs the jobs of a recipe in order. What is finished is noted in a file beside the recipe: the next run begins at the
 * first job that is not finished, whose options have changed, or whose files are not what they were right after it ran.
 */
public final class RecipeRun {
    private RecipeRun() {}

    /** Runs one job; whoever wants its result keeps it. */
    public interface Runner {
        /** @throws HoneException if it fails, see {@link Step#run} */
        void run(Step step);

        /** The job is finished, by an earlier run. */
        default void skipped(Step step) {}
    }

    /**
     * @param restart whether finished jobs run again
     * @throws HoneException if a job fails; the next run begins with it
     * @throws CancelledException if the progress asks for it
     */
    public static void run(Recipe recipe, boolean restart, Progress progress, Runner runner) {
        RecipeState state = RecipeState.read(recipe.file());
        if (restart) {
            state.forgetFrom(0);
        }
        boolean resumes = true;
        for (int i = 0; i < recipe.steps().size(); i++) {
            Step step = recipe.steps().get(i);
            String name = "job " + (i + 1) + " of " + recipe.steps().size() + ", "
                    + step.job().name();
            resumes = resumes && state.isFinished(i, step);
            if (resumes) {
                progress.info(name + ": unchanged since it finished, skipped");
                runner.skipped(step);
                continue;
            }
            state.forgetFrom(i);
            step.requireOutputs(recipe.file(), RecipeState.beside(recipe.file()));
            progress.info(name);
            runner.run(step);
            progress.finished();
            progress.checkCancelled();
            state.add(step);
        }
    }
}
