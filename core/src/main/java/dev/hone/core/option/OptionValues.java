package dev.hone.core.option;

import dev.hone.core.option.Options.Option;
import dev.hone.core.text.NearestName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Values of options from texts and back. */
final class OptionValues {
    private OptionValues() {}

    /** The value of an option out of those given, else its default. */
    static Object of(Option option, Map<String, ?> values) {
        Object given = values.get(option.name());
        String fallback = option.setting().def();
        if (given == null && option.setting().required()) {
            throw new OptionException(option.name(), "a value is required");
        }
        if (option.isList()) {
            List<String> texts = given instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : given != null
                            ? List.of(given.toString())
                            : fallback.isEmpty() ? List.of() : List.of(fallback.split(","));
            return texts.stream().map(text -> one(option, text)).collect(Collectors.toUnmodifiableList());
        }
        String text = given == null ? fallback : given.toString();
        if (given == null && fallback.isEmpty()) {
            return nothing(option.type());
        }
        return one(option, text);
    }

    private static Object nothing(Class<?> type) {
        if (!type.isPrimitive()) {
            return null;
        }
        return type == boolean.class
                ? (Object) false
                : type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : (Object) 0.0;
    }

    private static Object one(Option option, String text) {
        Class<?> type = option.type();
        try {
            if (type == String.class) {
                return text;
            } else if (type == Path.class) {
                return Path.of(text);
            } else if (type == boolean.class) {
                return truth(option, text);
            } else if (type == int.class || type == Integer.class) {
                int number = Integer.parseInt(text.strip());
                ranged(option, number);
                return number;
            } else if (type == long.class || type == Long.class) {
                long number = Long.parseLong(text.strip());
                ranged(option, number);
                return number;
            } else if (type == double.class || type == Double.class) {
                return ranged(option, number(text.strip()));
            } else if (!option.choices().isEmpty()) {
                return constant(option, text);
            }
        } catch (NumberFormatException e) {
            String kind = type == double.class || type == Double.class ? "a number" : "an integer";
            throw new OptionException(option.name(), "'" + text + "' is not " + kind);
        } catch (InvalidPathException e) {
            throw new OptionException(option.name(), "'" + text + "' is not a path: " + e.getReason());
        }
        throw new IllegalStateException("no options of " + type);
    }

    private static boolean truth(Option option, String text) {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new OptionException(option.name(), "'" + text + "' is neither true nor false");
        }
        return Boolean.parseBoolean(text);
    }

    private static Object constant(Option option, String text) {
        String wanted = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        int at = option.choices().indexOf(wanted);
        if (at < 0) {
            throw new OptionException(
                    option.name(),
                    "'" + text + "' is not one of " + String.join(", ", option.choices())
                            + NearestName.hint(text, option.choices()));
        }
        return option.type().isEnum() ? option.type().getEnumConstants()[at] : wanted;
    }

    /** As Java writes numbers, and NaN and infinity in any case, so that they are refused by what they are. */
    private static double number(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.matches("[+-]?(nan|inf|infinity)")) {
            return lower.endsWith("nan")
                    ? Double.NaN
                    : lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return Double.parseDouble(text);
    }

    private static double ranged(Option option, double number) {
        double min = option.setting().min();
        double max = option.setting().max();
        if (!(number >= min && number <= max)) {
            String expected = min == Double.MIN_VALUE && max == Double.POSITIVE_INFINITY
                    ? "more than 0"
                    : max == Double.POSITIVE_INFINITY
                            ? min + " or more"
                            : min == Double.NEGATIVE_INFINITY ? max + " or less" : "a value from " + min + " to " + max;
            throw new OptionException(
                    option.name(), number(number) + ", expected " + expected.replaceAll("\\.0\\b", ""));
        }
        if (!Double.isFinite(number)) {
            throw new OptionException(option.name(), number + " is not a finite number");
        }
        return number;
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    /** The default as {@link Options#values} writes it. */
    static Object defaultText(Option option) {
        String text = option.setting().def();
        if (option.isList()) {
            return text.isEmpty() ? List.of() : List.of(text.split(","));
        }
        Object value = text.isEmpty() ? nothing(option.type()) : one(option, text);
        return value == null ? null : Options.text(value);
    }
}
