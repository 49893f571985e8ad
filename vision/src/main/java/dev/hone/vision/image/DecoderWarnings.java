package dev.hone.vision.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.IIOException;

/**
 * What a decoder warns of. Most warnings mean that something was skipped or assumed and are notes; some mean that
 * pixels were made up, which is damage: libjpeg fills missing data with gray and only warns.
 */
final class DecoderWarnings {
    /** Parts of libjpeg's and the JDK's warnings that mean lost pixels. */
    private static final List<String> DAMAGE = List.of(
            "premature end of data segment",
            "bad huffman code",
            "bad arithmetic code",
            "instead of rst",
            "inconsistent progression",
            "too few scanlines");

    /** Warnings in other words, so that equal ones of many files are counted together. */
    private static final Map<String, String> NOTES = Map.of(
            "extraneous bytes", "extraneous bytes between its segments are skipped",
            "missing eoi", "the end marker is missing",
            "premature end of jpeg file", "the end marker is missing");

    /** Warnings of what a standard allows: tiles of a TIFF may each have their own tables. */
    private static final List<String> NO_FAULTS = List.of("missing jpegtables");

    private final List<String> notes = new ArrayList<>();
    private String damage;

    void add(String warning) {
        String lower = warning.toLowerCase(Locale.ROOT);
        if (DAMAGE.stream().anyMatch(lower::contains)) {
            damage = damage == null ? warning : damage;
            return;
        }
        if (NO_FAULTS.stream().anyMatch(lower::contains)) {
            return;
        }
        String note = NOTES.entrySet().stream()
                .filter(e -> lower.contains(e.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(warning);
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    /** What is no damage. */
    List<String> notes() {
        return notes;
    }

    /**
     * @param complete whether the file has its end; what is missing in one without was cut off
     * @throws IOException if pixels are lost
     */
    void requireNoDamage(boolean complete) throws IOException {
        if (damage != null) {
            throw complete ? new IIOException("the file is damaged (" + damage + ")") : new EOFException();
        }
    }
}
