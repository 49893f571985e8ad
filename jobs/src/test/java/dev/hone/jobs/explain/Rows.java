package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.explain.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Explains rows of tables and arrays as the job does. */
final class Rows {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** What the listener heard, then the importance of columns, as documents. */
    final List<Map<String, Object>> documents = new ArrayList<>();

    /** What the job warned of. */
    final List<String> warnings = new ArrayList<>();

    /** @param baselines or null */
    Rows(Path model, Path baselines, Path table, Path output) {
        with("model", model).with("output", output).with("inputs", List.of(table.toString()));
        if (baselines != null) {
            with("baselines", baselines);
        }
        with("baseline-count", 100);
    }

    /** A value of an option, or a list of them. */
    Rows with(String option, Object value) {
        values.put(option, value instanceof List ? value : String.valueOf(value));
        return this;
    }

    /** So many samples where the method takes a number of them, but not of its coalitions. */
    Rows withSamples(Method method, int samples) {
        boolean takes = method.defaultSamples() > 1 && method != Method.KERNEL_SHAP;
        return takes ? with("samples", samples) : this;
    }

    RowResult run() {
        ExplainListener listener = new ExplainListener() {
            @Override
            public void row(RowExplanation explanation) {
                documents.add(explanation.document());
            }
        };
        ExplainOptions options = Options.of(ExplainOptions.class).build(values);
        Progress progress = new Progress() {
            @Override
            public void warning(String line) {
                warnings.add(line);
            }
        };
        RowResult result = (RowResult) ExplainJob.run(options, progress, listener);
        result.importance().forEach(one -> documents.add(one.document()));
        return result;
    }
}
