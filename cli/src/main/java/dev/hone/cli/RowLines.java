package dev.hone.cli;

import dev.hone.cli.table.RowListener;
import dev.hone.core.text.Figures;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.MethodOptions;
import dev.hone.jobs.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what is found out about rows as they are done: JSON lines, or what matters most in each. */
final class RowLines implements RowListener {
    private final ConsoleProgressBar progress;
    private final MethodOptions options;
    private final int top;
    private final boolean json;
    private final List<String> zero = new ArrayList<>();

    /**
     * @param options by which rows are explained
     * @param top how many columns or steps of each row, 0 for none
     */
    RowLines(ConsoleProgressBar progress, MethodOptions options, int top, boolean json) {
        this.progress = progress;
        this.options = options;
        this.top = top;
        this.json = json;
    }

    @Override
    public void row(Map<String, Object> document, Explanation explanation, Groups groups) {
        progress.step();
        if (!explanation.note().isEmpty()) {
            zero.add(explanation.note());
        }
        if (json) {
            if (top > 0) {
                document.put("groups", TopGroups.json(explanation, groups, top));
            }
            System.out.println(Json.line(document));
        } else if (top > 0) {
            System.out.print(head(document, explanation) + TopGroups.text(explanation, groups, top));
        }
    }

    @Override
    public void summary(Map<String, Object> document) {
        if (json) {
            System.out.println(Json.line(document));
        }
    }

    private String head(Map<String, Object> document, Explanation e) {
        String row = document.containsKey("line") ? "line " + document.get("line") : "row " + document.get("row");
        String compared =
                Float.isNaN(e.expected()) ? "" : String.format(Locale.ROOT, ", of baselines %.4f", e.expected());
        String error = e.relativeError() > 0 ? "  error " + Figures.error(e.relativeError()) : "";
        return String.format(
                Locale.ROOT,
                "%s  %s  score %.4f%s  %s%s%n",
                row,
                options.explained(e.target()),
                e.score(),
                compared,
                ImageExplanation.samples(e),
                error);
    }

    /** Says how many rows have no attributions. */
    void end() {
        if (!zero.isEmpty()) {
            System.err.printf(
                    "note: the attributions of %d %s are zero: %s%n",
                    zero.size(), zero.size() == 1 ? "row" : "rows", zero.get(0));
        }
    }
}
