package dev.hone.model;

import dev.hone.core.option.OptionException;
import dev.hone.core.text.NearestName;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which class is that of parts without a defect. */
public final class GoodClass {
    private static final Set<String> NAMES = Set.of(
            "good",
            "ok",
            "okay",
            "free",
            "functional",
            "none",
            "normal",
            "pass",
            "clean",
            "defectfree",
            "nodefect",
            "nondefective",
            "intact",
            "perfect");

    private GoodClass() {}

    /**
     * The named class, or the one whose name says so; -1 if none does.
     *
     * @throws OptionException if no class has the name
     */
    public static int index(List<String> labels, String named) {
        if (named != null) {
            int index = labels.indexOf(named);
            if (index < 0) {
                throw new OptionException(
                        "good", "no class '" + named + "' among " + labels + NearestName.hint(named, labels));
            }
            return index;
        }
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i).toLowerCase(Locale.ROOT);
            String letters = label.replaceAll("[^a-z]", "");
            if (NAMES.contains(letters) || NAMES.contains(label.replaceAll(".*[^a-z]", ""))) {
                return i;
            }
        }
        return -1;
    }
}
