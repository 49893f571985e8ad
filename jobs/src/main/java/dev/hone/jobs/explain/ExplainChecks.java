package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.explain.Method;
import dev.hone.explain.quality.Regions;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds options that do not go together before any file is read. */
final class ExplainChecks {
    private final ExplainOptions options;
    private final AttributionOptions attribution;
    private final DataSetExplanationOptions dataSet;
    private final MapOptions maps;

    private ExplainChecks(ExplainOptions options) {
        this.options = options;
        this.attribution = options.attribution();
        this.dataSet = options.dataSet();
        this.maps = options.maps();
    }

    /** @throws HoneException if something is missing, or options are given that have no effect together */
    static void check(ExplainOptions options) {
        ExplainChecks checks = new ExplainChecks(options);
        if (options.dataSet().isAsked()) {
            checks.dataSet();
        } else {
            checks.single();
        }
    }

    private void single() {
        refuse(dataSet.region() != null, "region", "only with global");
        refuse(dataSet.masks() != null, "masks", "only for a data set, with evaluate or global");
        refuse(dataSet.images() != null, "images", "only for a data set, with evaluate or global");
        refuse(!dataSet.methods().isEmpty(), "methods", "only with evaluate");
        boolean watched = options.watching().isAsked();
        options.watching().check();
        if (options.inputs().isEmpty() && !watched) {
            throw new OptionException(
                    "inputs",
                    "expected images or a file of rows to explain, a folder to watch, or a data set with evaluate or "
                            + "global");
        }
        refuse(
                watched && !options.inputs().isEmpty(),
                "watch",
                "given with "
                        + (options.inputs().isEmpty() ? "" : options.inputs().get(0)) + ", expected one of them");
        if (maps.output() == null) {
            throw new OptionException("output", "expected a folder for the explanations");
        }
        for (Path folder : watched ? List.of(options.watching().watch()) : options.inputs()) {
            refuse(
                    Files.isDirectory(folder) && Outputs.same(folder, maps.output()),
                    "output",
                    maps.output() + " is the folder of the images; choose another one for the explanations");
        }
        method(List.of(attribution.methodOrDefault()));
        if (options.against() != null && attribution.error() > 0) {
            throw new OptionException(
                    "error", "both models are explained with the same samples; give their number instead");
        }
        if (options.explainsRows()) {
            rows();
        } else {
            refuse(
                    options.rows().ofTables(),
                    options.rows().columns().isEmpty() ? "feature-groups" : "columns",
                    "only for tables (.csv), found images");
            refuse(options.rows().tokens() != null, "tokens", "only for sequences (.npz), found images");
        }
    }

    private void rows() {
        Path file = options.inputs().get(0);
        String found = "only for images, found rows of " + file;
        refuse(options.against() != null, "against", found);
        refuse(maps.format() != null, "format", found);
        refuse(maps.absolute(), "absolute", found);
        refuse(options.baselines().baselinesBy() != null, "baselines-by", found);
        refuse(attribution.superpixels() > 0, "superpixels", found);
        refuse(attribution.grid() > 0, "grid", found);
        refuse(attribution.layer() != null, "layer", found);
        refuse(attribution.window() > 0, "window", found);
        refuse(attribution.stride() > 0, "stride", found);
        refuse(
                attribution.top() != null && attribution.top() < 1,
                "top",
                attribution.top() + ", expected 1 or more columns or steps of each row");
        boolean table = ExplainOptions.isTable(file);
        Method method = attribution.methodOrDefault();
        if (options.inputs().size() > 1) {
            throw new OptionException(
                    "inputs",
                    "expected one file of rows, found " + options.inputs().size());
        }
        if (options.baselines().baselines() == null && (table || method.compares() == Method.Compares.ALL)) {
            if (table) {
                Tables.requireRows(options.model(), file);
            }
            throw new OptionException("baselines", "expected a file of rows to compare those of " + file + " with");
        }
        if (table) {
            refuse(options.rows().tokens() != null, "tokens", "only for sequences (.npz), found the table " + file);
            refuse(maps.values(), "values", "only for images and arrays (.npz), found the table " + file);
        } else {
            refuse(
                    options.rows().ofTables(),
                    options.rows().columns().isEmpty() ? "feature-groups" : "columns",
                    "only for tables (.csv), found " + file);
        }
    }

    private void dataSet() {
        if (dataSet.evaluate() != null && dataSet.global() != null) {
            throw new OptionException("global", "given with evaluate, expected one of them");
        }
        boolean global = dataSet.global() != null;
        refuse(!global && dataSet.region() != null, "region", "only with global, found evaluate");
        if (!dataSet.methods().isEmpty() && global) {
            throw new OptionException("methods", "only with evaluate, found global");
        }
        refuse(
                !dataSet.methods().isEmpty() && attribution.method() != null,
                "methods",
                "given with a single method, expected one of them");
        List<Method> methods = dataSet.methods(attribution.methodOrDefault());
        method(methods);
        pixels(methods);
        refuse(options.watching().isAsked(), "watch", "only for images, found a data set");
        String single = "only for single images, found " + (global ? "global" : "evaluate");
        refuse(!options.inputs().isEmpty(), "inputs", single);
        refuse(
                !options.target().classes().isEmpty(),
                "classes",
                single + ", which explains " + (global ? "the predicted classes" : "the actual classes"));
        refuse(
                options.rows().isGiven(),
                options.rows().tokens() != null
                        ? "tokens"
                        : options.rows().columns().isEmpty() ? "feature-groups" : "columns",
                "only for rows");
        refuse(options.against() != null, "against", single + "; a report of an evaluation compares explanations");
        refuse(maps.values(), "values", single);
        refuse(maps.absolute(), "absolute", single);
        refuse(maps.format() != null, "format", single);
        refuse(maps.output() != null && !global, "output", "only with global; evaluate writes no file");
        if (dataSet.region() != null) {
            try {
                Regions.of(1, 1, dataSet.region());
            } catch (HoneException e) {
                throw new OptionException("region", e.getMessage());
            }
        }
    }

    /** Refuses what none of the methods takes. */
    private void method(List<Method> methods) {
        require(methods, attribution.error() > 0, "error", AttributionOptions::reachesError);
        require(methods, attribution.noise() > 0, "noise", m -> m == Method.GRADIENT_SHAP || m == Method.SMOOTH_GRAD);
        require(methods, attribution.window() > 0, "window", m -> m == Method.OCCLUSION);
        require(methods, attribution.stride() > 0, "stride", m -> m == Method.OCCLUSION);
        require(methods, attribution.samples() != null, "samples", m -> m.defaultSamples() > 1);
        require(methods, attribution.layer() != null, "layer", AttributionOptions::takesLayer);
        if (attribution.superpixels() > 0 && attribution.grid() > 0) {
            throw new OptionException("grid", "given with superpixels, expected one of them");
        }
        if (attribution.isGrouped() && explainsLayer(methods)) {
            throw new OptionException(
                    "layer", "the values of a layer are explained; superpixels and grids group pixels of the image");
        }
    }

    private boolean explainsLayer(List<Method> methods) {
        return attribution.layer() != null && methods.stream().anyMatch(m -> m.needs() == Method.Needs.GRADIENTS);
    }

    /** Many images are compared by their pixels. */
    private void pixels(List<Method> methods) {
        if (explainsLayer(methods)) {
            throw new OptionException(
                    "layer",
                    "gradient methods then explain the values of the layer, and explanations of a data set are of "
                            + "pixels; take grad-cam, or give no layer");
        }
        if (methods.contains(Method.EXACT_SHAPLEY) && !attribution.isGrouped()) {
            throw new OptionException(
                    dataSet.methods().isEmpty() ? "method" : "methods",
                    "exact-shapley of a grid of 4 x 4 cells takes 65536 model runs for each image and baseline; give "
                            + "superpixels or a grid of fewer regions, such as 8 superpixels, or take kernel-shap");
        }
        refuse(attribution.top() != null, "top", "only for single images");
    }

    private static void require(List<Method> methods, boolean given, String option, Predicate<Method> takes) {
        if (given && methods.stream().noneMatch(takes)) {
            throw new OptionException(
                    option,
                    "only for " + labels(Arrays.stream(Method.values()).filter(takes)) + "; found "
                            + labels(methods.stream()));
        }
    }

    private static void refuse(boolean given, String option, String problem) {
        if (given) {
            throw new OptionException(option, problem);
        }
    }

    private static String labels(Stream<Method> methods) {
        return methods.map(Method::label).collect(Collectors.joining(", "));
    }
}
