package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.core.option.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Recognizes a model and data that are given in each other's place: an .onnx file is a model wherever it stands. */
final class ArgumentOrder {
    private static final String MODEL = "MODEL";
    private static final String DATA = "DATA";

    private ArgumentOrder() {}

    /**
     * @param values what was given, by the names of the options
     * @throws HoneException if what stands for the model is none, and one stands for data
     */
    static void check(String command, Options<?> options, Map<String, Object> values) {
        List<String> positional = new ArrayList<>();
        String model = null;
        for (Options.Option option : options.list()) {
            if (option.setting().positional() && values.containsKey(option.name())) {
                List<String> words = words(values.get(option.name()));
                model = option.setting().label().equals(MODEL) ? words.get(0) : model;
                positional.addAll(words);
            }
        }
        if (model == null || isModel(model)) {
            return;
        }
        Optional<String> swapped =
                positional.stream().filter(ArgumentOrder::isModel).findFirst();
        if (swapped.isPresent()) {
            positional.remove(swapped.get());
            positional.add(0, swapped.get());
            throw swapped(command, positional);
        }
        for (Options.Option option : options.list()) {
            if (option.setting().label().equals(DATA) && isModel(String.valueOf(values.get(option.name())))) {
                throw swapped(command, List.of(String.valueOf(values.get(option.name())), "--" + option.name(), model));
            }
        }
    }

    private static HoneException swapped(String command, List<String> words) {
        return new HoneException("the model and the data are swapped; expected: hone " + command + " "
                + words.stream().map(ArgumentOrder::quoted).collect(Collectors.joining(" ")));
    }

    private static List<String> words(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(value.toString());
    }

    private static String quoted(String word) {
        return word.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** By its name; there need be no such file. */
    static boolean isModel(String word) {
        String name = word.toLowerCase(Locale.ROOT);
        return (name.endsWith(".onnx") || name.endsWith(".tflite")) && !Files.isDirectory(Path.of(word));
    }
}
