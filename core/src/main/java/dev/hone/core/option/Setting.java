package dev.hone.core.option;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one component of a record of options: the one place that says what it means. The command line makes its
 * options and their help from it, recipe files their keys and their schema. A component's name {@code learningRate} is
 * written {@code learning-rate} there.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** A sentence without the default, which is added. */
    String help();

    /**
     * What stands for the value in help, such as {@code FILE}; "" for a switch, and for an enum, whose values stand
     * there.
     */
    String label() default "";

    /** The value where none is given, as it would be written; "" for none: null, false or an empty list. */
    String def() default "";

    /** Words about the default where it is no constant, such as "from the images"; they follow "default: ". */
    String defText() default "";

    /** The heading under which help lists it. */
    String group() default "";

    /** Whether a value has to be given. */
    boolean required() default false;

    /** On the command line, whether it is named by its place instead of by an option, in the record's order. */
    boolean positional() default false;

    /** A second, one-letter name on the command line. */
    String letter() default "";

    /** The smallest allowed number. */
    double min() default Double.NEGATIVE_INFINITY;

    /** The largest allowed number. */
    double max() default Double.POSITIVE_INFINITY;

    /** For a component of type {@link Selected}: what can be selected. */
    Class<? extends Variants> variants() default Variants.class;
}
