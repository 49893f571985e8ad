package dev.hone.core.option;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Describes and builds a record of options. Components annotated with {@link Setting} are options; components without
 * it are nested records, whose options are listed in place. A component is a number, a {@code boolean}, a {@code
 * String}, a {@link Path}, an enum, or a list of one of these.
 *
 * @param <R> the record
 */
public final class Options<R extends Record> {
    /**
     * One option.
     *
     * @param name name in recipes and, with two leading hyphens, on the command line
     * @param type type of the value, or of the elements of a list
     */
    public record Option(String name, Class<?> type, boolean isList, Setting setting) {
        public boolean isSwitch() {
            return type == boolean.class;
        }

        /** The allowed values of an enum option, in kebab case; empty for other types. */
        public List<String> choices() {
            return type.isEnum()
                    ? Arrays.stream(type.getEnumConstants())
                            .map(c -> kebabCase(((Enum<?>) c).name()))
                            .toList()
                    : List.of();
        }
    }

    private final Class<R> type;

    private Options(Class<R> type) {
        this.type = type;
    }

    public static <R extends Record> Options<R> of(Class<R> type) {
        return new Options<>(type);
    }

    /** All options in declaration order, including those of nested records. */
    public List<Option> list() {
        List<Option> options = new ArrayList<>();
        collect(type, options);
        return options;
    }

    private static void collect(Class<?> record, List<Option> options) {
        for (RecordComponent component : record.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            if (setting == null) {
                collect(component.getType(), options);
            } else {
                options.add(option(component, setting));
            }
        }
    }

    private static Option option(RecordComponent component, Setting setting) {
        boolean isList = component.getType() == List.class;
        Class<?> type = component.getType();
        if (isList) {
            Type element = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            type = (Class<?>) element;
        }
        return new Option(kebabCase(component.getName()), type, isList, setting);
    }

    /** Converts {@code learningRate} and {@code LEARNING_RATE} to {@code learning-rate}. */
    public static String kebabCase(String name) {
        return name.equals(name.toUpperCase(Locale.ROOT))
                ? name.toLowerCase(Locale.ROOT).replace('_', '-')
                : name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /**
     * Builds the record from these values; options without a value get their default.
     *
     * @param values by option name: a String or, for lists, a {@code List<String>}; switches are "true" or "false"
     * @throws OptionException if a required value is missing, or a value has the wrong type or is out of range
     */
    public R build(Map<String, ?> values) {
        return type.cast(build(type, values));
    }

    private static Object build(Class<?> record, Map<String, ?> values) {
        RecordComponent[] components = record.getRecordComponents();
        Object[] arguments = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            Setting setting = components[i].getAnnotation(Setting.class);
            types[i] = components[i].getType();
            arguments[i] = setting == null
                    ? build(components[i].getType(), values)
                    : value(option(components[i], setting), values);
        }
        try {
            var constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(Option option, Map<String, ?> values) {
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
            return texts.stream().map(text -> parse(option, text)).collect(Collectors.toUnmodifiableList());
        }
        String text = given == null ? fallback : given.toString();
        if (given == null && fallback.isEmpty()) {
            return emptyValue(option.type());
        }
        return parse(option, text);
    }

    private static Object emptyValue(Class<?> type) {
        if (!type.isPrimitive()) {
            return null;
        }
        return type == boolean.class
                ? (Object) false
                : type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : (Object) 0.0;
    }

    private static Object parse(Option option, String text) {
        Class<?> type = option.type();
        try {
            if (type == String.class) {
                return text;
            } else if (type == Path.class) {
                return Path.of(text);
            } else if (type == boolean.class) {
                return parseBoolean(option, text);
            } else if (type == int.class || type == Integer.class) {
                int number = Integer.parseInt(text.strip());
                checkRange(option, number);
                return number;
            } else if (type == long.class || type == Long.class) {
                long number = Long.parseLong(text.strip());
                checkRange(option, number);
                return number;
            } else if (type == double.class || type == Double.class) {
                return checkRange(option, Double.parseDouble(text.strip()));
            } else if (type.isEnum()) {
                return parseEnum(option, text);
            }
        } catch (NumberFormatException e) {
            String kind = type == double.class || type == Double.class ? "a number" : "an integer";
            throw new OptionException(option.name(), "'" + text + "' is not " + kind);
        } catch (InvalidPathException e) {
            throw new OptionException(option.name(), "'" + text + "' is not a path: " + e.getReason());
        }
        throw new IllegalStateException("unsupported option type " + type);
    }

    private static boolean parseBoolean(Option option, String text) {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new OptionException(option.name(), "'" + text + "' is neither true nor false");
        }
        return Boolean.parseBoolean(text);
    }

    private static Object parseEnum(Option option, String text) {
        String wanted = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        int at = option.choices().indexOf(wanted);
        if (at < 0) {
            throw new OptionException(
                    option.name(), "'" + text + "' is not one of " + String.join(", ", option.choices()));
        }
        return option.type().getEnumConstants()[at];
    }

    private static double checkRange(Option option, double number) {
        double min = option.setting().min();
        double max = option.setting().max();
        if (!(number >= min && number <= max)) {
            String expected = max == Double.POSITIVE_INFINITY
                    ? min + " or more"
                    : min == Double.NEGATIVE_INFINITY ? max + " or less" : "a value from " + min + " to " + max;
            throw new OptionException(
                    option.name(), number(number) + ", expected " + expected.replaceAll("\\.0\\b", ""));
        }
        return number;
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    /** The values of a record in the form that {@link #build} accepts; null components are omitted. */
    public Map<String, Object> values(R options) {
        Map<String, Object> values = new LinkedHashMap<>();
        flatten(options, values);
        return values;
    }

    /**
     * The command-line arguments that give these options: positional arguments first, then every option that differs
     * from its default.
     */
    public List<String> arguments(R options) {
        Map<String, Object> values = values(options);
        List<String> positional = new ArrayList<>();
        List<String> named = new ArrayList<>();
        for (Option option : list()) {
            Object value = values.get(option.name());
            boolean isDefault = value == null
                    || value instanceof List<?> list && list.isEmpty()
                    || value.equals(defaultText(option));
            if (option.setting().positional() && value != null) {
                positional.addAll(
                        value instanceof List<?> list
                                ? list.stream().map(String::valueOf).toList()
                                : List.of("" + value));
            } else if (!isDefault) {
                named.add("--" + option.name());
                if (!option.isSwitch()) {
                    named.add(
                            value instanceof List<?> list
                                    ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                                    : "" + value);
                }
            }
        }
        positional.addAll(named);
        return positional;
    }

    private static Object defaultText(Option option) {
        String text = option.setting().def();
        if (option.isList()) {
            return text.isEmpty() ? List.of() : List.of(text.split(","));
        }
        Object value = text.isEmpty() ? emptyValue(option.type()) : parse(option, text);
        return value == null ? null : text(value);
    }

    private static void flatten(Record record, Map<String, Object> values) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value;
            try {
                component.getAccessor().setAccessible(true);
                value = component.getAccessor().invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            if (component.getAnnotation(Setting.class) == null) {
                flatten((Record) value, values);
            } else if (value instanceof List<?> list) {
                values.put(
                        kebabCase(component.getName()),
                        list.stream().map(Options::text).toList());
            } else if (value != null) {
                values.put(kebabCase(component.getName()), text(value));
            }
        }
    }

    private static String text(Object value) {
        return value instanceof Enum<?> constant ? kebabCase(constant.name()) : value.toString();
    }
}
