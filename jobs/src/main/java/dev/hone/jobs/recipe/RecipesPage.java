package dev.hone.jobs.recipe;

import dev.hone.core.option.Options;
import dev.hone.core.option.Selected;
import dev.hone.core.option.Setting;
import dev.hone.jobs.Job;
import java.nio.file.Path;
import java.util.Locale;

/** The schema of recipes as tables in Markdown: a row for each option of each job. */
public final class RecipesPage {
    private RecipesPage() {}

    public static String tables() {
        StringBuilder page = new StringBuilder();
        for (Job<?, ?> job : Jobs.ALL) {
            page.append("\n## ")
                    .append(job.name())
                    .append("\n\n")
                    .append(job.summary())
                    .append(".\n\n");
            page.append("| key | type | default | meaning |\n| --- | --- | --- | --- |\n");
            for (Options.Option option : Options.of(job.options()).list()) {
                page.append(row(option));
            }
        }
        return page.toString();
    }

    private static String row(Options.Option option) {
        Setting setting = option.setting();
        String variants = option.variants().isEmpty()
                ? ""
                : "For " + option.selector() + " " + String.join(", ", option.variants()) + ". ";
        StringBuilder meaning = new StringBuilder(variants + setting.help());
        if (option.type() == Selected.class) {
            Options.variants(setting).list().forEach(variant -> meaning.append(" `")
                    .append(variant.name())
                    .append("`: ")
                    .append(variant.summary()));
        }
        return "| `" + option.name() + "` | " + type(option) + " | " + fallback(option) + " | "
                + meaning.toString().replace("|", "\\|") + " |\n";
    }

    private static String type(Options.Option option) {
        String one = single(option);
        return option.isList() ? "list of: " + one : one;
    }

    private static String single(Options.Option option) {
        Class<?> type = option.type();
        Setting setting = option.setting();
        if (!option.choices().isEmpty()) {
            return "`" + String.join("`, `", option.choices()) + "`";
        } else if (type == boolean.class) {
            return "`true` or `false`";
        } else if (type == Path.class) {
            return "path";
        } else if (type == String.class) {
            return "text";
        }
        boolean whole = type == int.class || type == Integer.class || type == long.class || type == Long.class;
        return (whole ? "integer" : "number") + range(setting);
    }

    private static String range(Setting setting) {
        boolean low = setting.min() != Double.NEGATIVE_INFINITY;
        boolean high = setting.max() != Double.POSITIVE_INFINITY;
        String min = setting.min() == Double.MIN_VALUE ? "above 0" : number(setting.min()) + " or more";
        return low && high
                ? ", " + number(setting.min()) + " to " + number(setting.max())
                : low ? ", " + min : high ? ", " + number(setting.max()) + " or less" : "";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }

    private static String fallback(Options.Option option) {
        Setting setting = option.setting();
        if (setting.required()) {
            return "required";
        }
        String text = setting.defText().isEmpty() ? setting.def() : setting.defText();
        boolean isConstant = setting.defText().isEmpty() && !setting.def().isEmpty();
        return text.isEmpty() ? (option.isSwitch() ? "`false`" : "none") : isConstant ? "`" + text + "`" : text;
    }
}
