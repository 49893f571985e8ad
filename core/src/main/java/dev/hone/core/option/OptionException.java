package dev.hone.core.option;

import dev.hone.core.HoneException;

/**
 * An invalid or missing value of an option. The caller, a command or a recipe, adds how the option is spelled there.
 */
public final class OptionException extends HoneException {
    private final String option;
    private final String problem;

    /**
     * @param option name as in recipes, such as {@code learning-rate}
     * @param problem what was found and what was expected; callers prepend the name
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
