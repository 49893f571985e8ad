package dev.hone.jobs.recipe;

import java.util.List;
import java.util.Map;

/** A value of a YAML file with its place. */
sealed interface YamlNode {
    Place place();

    /** A text, number or truth as it is written; null for none. */
    record Scalar(Place place, String text) implements YamlNode {}

    record Sequence(Place place, List<YamlNode> items) implements YamlNode {}

    /** In the order of the file; {@code keys} has the places of the keys. */
    record Mapping(Place place, Map<String, YamlNode> values, Map<String, Place> keys) implements YamlNode {}

    /** What it is, for messages. */
    default String kind() {
        return this instanceof Sequence
                ? "a list"
                : this instanceof Mapping ? "a mapping" : ((Scalar) this).text() == null ? "nothing" : "a single value";
    }
}
