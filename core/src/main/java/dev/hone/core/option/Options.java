package dev.hone.core.option;

import dev.hone.core.text.ListText;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a record of options: its components with a {@link Setting} are options, those without one are records of options
 * themselves, whose components are listed in their place. A component is a number, a {@code boolean}, a {@code String}, a
 * {@link Path}, an enum, or a list of one of these; or it is {@link Selected}: an option that names one of several variants,
 * followed by the options of all of them.
 *
 * @param <R> the record
 */
public final class Options<R extends Record> {
    /**
     * One option.
     *
     * @param name as it is written in recipes and, with two hyphens, on the command line
     * @param type of the value, of an element where it is a list
     * @param choices the values of an enum, or the names of variants; empty for other types
     * @param selector the option that has to be one of {@code variants} for this one to be given; null where it always can
     * @param variants empty where it always can be given
     */
    public record Option(
            String name,
            Class<?> type,
            boolean isList,
            Setting setting,
            List<String> choices,
            String selector,
            List<String> variants) {
        public boolean isSwitch() {
            return type == boolean.class;
        }

        /** Whether it can be given together with these values. */
        public boolean applies(Map<String, ?> values) {
            return selector == null || variants.contains(String.valueOf(values.get(selector)));
        }

        private Option with(String by, List<String> names) {
            return new Option(name, type, isList, setting, choices, by, names);
        }

        private boolean isSameBut(Option other) {
            return with(null, List.of()).equals(other.with(null, List.of()));
        }
    }

    private final Class<R> type;

    private Options(Class<R> type) {
        this.type = type;
    }

    public static <R extends Record> Options<R> of(Class<R> type) {
        return new Options<>(type);
    }

    /**
     * All options, those of inner records in their place. Options of variants with the same name stand there once where they
     * are described alike, else once for each description.
     */
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
                continue;
            }
            Option option = option(component, setting);
            options.add(option);
            if (component.getType() == Selected.class) {
                options.addAll(ofVariants(option));
            }
        }
    }

    private static List<Option> ofVariants(Option selector) {
        List<Option> all = new ArrayList<>();
        List<Variants.Variant> variants = variants(selector.setting()).list();
        for (Variants.Variant variant : variants) {
            for (Option option : of(variant.options()).list()) {
                int same = 0;
                while (same < all.size() && !all.get(same).isSameBut(option)) {
                    same++;
                }
                List<String> names =
                        new ArrayList<>(same < all.size() ? all.get(same).variants() : List.of());
                names.add(variant.name());
                if (same < all.size()) {
                    all.set(same, option.with(selector.name(), List.copyOf(names)));
                } else {
                    all.add(option.with(selector.name(), List.copyOf(names)));
                }
            }
        }
        return all;
    }

    /** What can be selected by a component of type {@link Selected}. */
    public static Variants variants(Setting setting) {
        try {
            return setting.variants().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Option option(RecordComponent component, Setting setting) {
        boolean isList = component.getType() == List.class;
        Class<?> type = component.getType();
        if (isList) {
            Type element = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            type = (Class<?>) element;
        }
        List<String> choices = List.of();
        if (type.isEnum()) {
            choices = Arrays.stream(type.getEnumConstants())
                    .map(c -> kebabCase(((Enum<?>) c).name()))
                    .toList();
        } else if (type == Selected.class) {
            choices = variants(setting).list().stream()
                    .map(Variants.Variant::name)
                    .toList();
        }
        return new Option(kebabCase(component.getName()), type, isList, setting, choices, null, List.of());
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
                    : components[i].getType() == Selected.class
                            ? selected(option(components[i], setting), values)
                            : OptionValues.of(option(components[i], setting), values);
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

    private static Selected selected(Option selector, Map<String, ?> values) {
        String name = (String) OptionValues.of(selector, values);
        for (Option option : ofVariants(selector)) {
            boolean isTaken = ofVariants(selector).stream()
                    .anyMatch(other -> other.name().equals(option.name())
                            && other.variants().contains(name));
            if (values.get(option.name()) != null && !isTaken) {
                throw new OptionException(
                        option.name(),
                        "not an option of " + selector.name() + " " + name + " but of "
                                + String.join(", ", takers(selector, option.name())) + "; leave it out");
            }
        }
        Class<? extends Record> chosen = variants(selector.setting()).list().stream()
                .filter(variant -> variant.name().equals(name))
                .findFirst()
                .orElseThrow()
                .options();
        return new Selected(name, (Record) build(chosen, values));
    }

    private static List<String> takers(Option selector, String name) {
        return ofVariants(selector).stream()
                .filter(option -> option.name().equals(name))
                .flatMap(option -> option.variants().stream())
                .toList();
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
            if (!option.applies(values)) {
                continue;
            }
            Object value = values.get(option.name());
            boolean isDefault = value == null
                    || value instanceof List<?> list && list.isEmpty()
                    || value.equals(OptionValues.defaultText(option));
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
                                    ? ListText.join(
                                            list.stream().map(String::valueOf).toList())
                                    : "" + value);
                }
            }
        }
        positional.addAll(named);
        return positional;
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
            } else if (value instanceof Selected selected) {
                values.put(kebabCase(component.getName()), selected.name());
                flatten(selected.options(), values);
            } else if (value instanceof List<?> list) {
                values.put(
                        kebabCase(component.getName()),
                        list.stream().map(Options::text).toList());
            } else if (value != null) {
                values.put(kebabCase(component.getName()), text(value));
            }
        }
    }

    static String text(Object value) {
        return value instanceof Enum<?> constant ? kebabCase(constant.name()) : value.toString();
    }
}
