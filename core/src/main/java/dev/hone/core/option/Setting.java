package dev.hone.core.option;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one component of a record of options. The options and help of the command line and the keys and schema of
 * recipe files are generated from it. A component {@code learningRate} is spelled {@code learning-rate} there.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** Help text: one sentence, without the default, which is appended. */
    String help();

    /**
     * What stands for the value in help, such as {@code FILE}; "" for a switch, and for an enum, whose values stand
     * there.
     */
    String label() default "";

    /** Default value in text form; "" means null, false or an empty list. */
    String def() default "";

    /** Description of a default that is not a constant, such as "from the images"; shown after "Default: ". */
    String defText() default "";

    /** Heading in the help output. */
    String group() default "";

    /** Whether a value is required. */
    boolean required() default false;

    /** Whether it is a positional argument on the command line, in the order of the record. */
    boolean positional() default false;

    /** One-letter name on the command line, or "". */
    String letter() default "";

    /** The smallest allowed number. */
    double min() default Double.NEGATIVE_INFINITY;

    /** The largest allowed number. */
    double max() default Double.POSITIVE_INFINITY;

    /** For a component of type {@link Selected}: what can be selected. */
    Class<? extends Variants> variants() default Variants.class;

    /** A folder in which the job makes files under names of its own. */
    String FOLDER = "/";

    /**
     * For a path that is written: what is appended to it for each file that the job makes, "" for the path itself, or
     * {@link #FOLDER}. Empty for a path that is read.
     */
    String[] writes() default {};
}
