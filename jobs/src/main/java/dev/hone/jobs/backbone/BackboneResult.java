package dev.hone.jobs.backbone;

import dev.hone.jobs.Job;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Backbones, those that were asked for.
 *
 * @param changed what happened to the one that was added or removed, in a few words; null for a list
 */
public record BackboneResult(List<Entry> backbones, String changed) implements Job.Result {
    /**
     * A backbone that is known by name.
     *
     * @param file where it is kept; null if it comes with Hone or is not there
     */
    public record Entry(String name, State state, Path file, String description, String license, String notice) {
        Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("name", name);
            document.put("state", state.label());
            document.put("file", file == null ? null : file.toString());
            document.put("description", description);
            document.put("license", license);
            document.put("notice", notice);
            return document;
        }
    }

    /** Whether a backbone can be used. */
    public enum State {
        BUNDLED("comes with Hone"),
        ADDED("added"),
        ABSENT("not added");

        private final String label;

        State(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        if (changed != null) {
            document.put("changed", changed);
        }
        document.put("backbones", backbones.stream().map(Entry::document).toList());
        return document;
    }
}
