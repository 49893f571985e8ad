package dev.hone.core.option;

import dev.hone.core.HoneException;

/** A value that an option cannot have. Whoever asked for it, a command or a recipe, adds how the option is written there. */
public final class OptionException extends HoneException {
    private final String option;
    private final String problem;

    /**
     * @param option the name as in recipes, such as {@code learning-rate}
     * @param problem what was found and expected, to be read behind the name
     */
    public OptionException(String option, String problem) {
        super(option + ": " + problem);
        this.option = option;
        this.problem = problem;
    }

    public String option() {
        return option;
    }

    public String problem() {
        return problem;
    }
}
