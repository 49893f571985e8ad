package dev.hone.core.option;

import java.util.List;

/**
 * Named ways to do something, each with options of its own; named by {@link Setting#variants}. It has a constructor
 * without arguments.
 */
public interface Variants {
    /**
     * One way.
     *
     * @param summary a sentence
     */
    record Variant(String name, String summary, Class<? extends Record> options) {}

    List<Variant> list();
}
