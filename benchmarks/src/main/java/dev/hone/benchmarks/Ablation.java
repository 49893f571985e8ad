package dev.hone.benchmarks;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Validation;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What each part of the training recipe adds: trains with the defaults and with one part changed, on each data set with each
 * seed, and writes a Markdown table of the validation images' macro F1 and ROC AUC. Test images are not looked at: the table
 * is what defaults are chosen by.
 *
 * <p>Its argument is a properties file: {@code data.NAME=PATH} for each data set, {@code seeds=1,2,3}, {@code parts=NAME,...}
 * for some of {@link AblationParts}, and for all runs {@code option.NAME=VALUE}, such as {@code option.epochs=20}; {@code
 * option.NAME.DATA=VALUE} for the runs on one data set. Beside it are written {@code FILE.csv}, a line for each run, {@code
 * FILE.md}, the table, and {@code FILE.runs/} with the checkpoint of the run under way. Runs that are in the CSV are not done
 * again: the same command goes on where it was stopped.
 */
final class Ablation {
    private static final String HEADER = "data,part,seed,macroF1,rocAuc,epochs,seconds";

    private final Path config;
    private final Properties settings = new Properties();
    private final List<String> parts;
    private final long[] seeds;
    private final Map<String, Path> data = new TreeMap<>();

    private Ablation(Path config) throws IOException {
        this.config = config;
        try (Reader in = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
            settings.load(in);
        }
        for (String key : settings.stringPropertyNames()) {
            if (key.startsWith("data.")) {
                data.put(key.substring("data.".length()), config.resolveSibling(settings.getProperty(key)));
            }
        }
        if (data.isEmpty()) {
            throw new HoneException(config + ": no data set; expected lines such as data.NAME=PATH");
        }
        parts = settings.getProperty("parts") == null
                ? AblationParts.names()
                : List.of(settings.getProperty("parts").split("\\s*,\\s*"));
        parts.forEach(AblationParts::options);
        seeds = Arrays.stream(settings.getProperty("seeds", "1,2,3").split("\\s*,\\s*"))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    static void run(Path config) throws IOException {
        Ablation ablation = new Ablation(config);
        ablation.trainAll();
    }

    private Path beside(String suffix) {
        return config.resolveSibling(config.getFileName() + suffix);
    }

    /** Seeds outermost, so that a table stopped early has all parts with fewer seeds. */
    private void trainAll() throws IOException {
        AblationTable table = AblationTable.read(beside(".csv"), HEADER);
        Files.createDirectories(beside(".runs"));
        for (long seed : seeds) {
            for (String set : data.keySet()) {
                for (String part : parts) {
                    if (!table.has(set, part, seed)) {
                        System.err.println(set + ", " + part + ", seed " + seed);
                        table.add(train(set, part, seed));
                        Files.writeString(
                                beside(".md"), table.markdown(List.copyOf(data.keySet()), parts, seeds.length));
                    }
                }
            }
        }
        Files.writeString(beside(".md"), table.markdown(List.copyOf(data.keySet()), parts, seeds.length));
        System.out.print(Files.readString(beside(".md")));
    }

    /** The line of a run in the CSV. */
    private String train(String set, String part, long seed) throws IOException {
        Path model = beside(".runs").resolve(set + "-" + part + "-" + seed + ".onnx");
        Map<String, Object> values = new LinkedHashMap<>();
        settings.stringPropertyNames().stream()
                .filter(key -> key.startsWith("option."))
                .sorted()
                .forEach(key -> put(values, key.substring("option.".length()), set, settings.getProperty(key)));
        values.putAll(AblationParts.options(part));
        values.put("data", data.get(set));
        values.put("output", model);
        values.put("seed", Long.toString(seed));
        values.put("no-history", true);
        TrainResult result = TrainJob.run(Options.of(TrainOptions.class).build(values), Progress.NONE);
        History.Epoch best = result.history().best();
        if (best == null) {
            throw new HoneException(data.get(set) + ": no network was trained and validated; state option.epochs or"
                    + " option.architecture, and have validation images");
        }
        String line = String.join(
                ",",
                set,
                part,
                Long.toString(seed),
                Double.toString(best.validationMacroF1()),
                Double.toString(best.validation(Validation.AUC)),
                Integer.toString(result.history().epochs().size()),
                Long.toString(Math.round(result.seconds())));
        List<Path> left = new ArrayList<>(List.of(model, Path.of(model + ".checkpoint")));
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
        return line;
    }

    /** {@code NAME} for all data sets, {@code NAME.DATA} for one. */
    private static void put(Map<String, Object> values, String key, String set, String value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            values.put(key, value);
        } else if (key.substring(dot + 1).equals(set)) {
            values.put(key.substring(0, dot), value);
        }
    }
}
