package dev.hone.jobs.explain;

import dev.hone.core.file.FileErrors;
import dev.hone.core.file.RegularFile;
import dev.hone.core.option.OptionException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the steps of sequences stand for: a UTF-8 text of one line for each sequence, its tokens separated by blanks. */
final class Tokens {
    private final List<List<String>> lines = new ArrayList<>();

    /**
     * @param sequences how many lines are expected
     * @param steps how many tokens a line has at the most; steps after the last one are padding
     */
    Tokens(Path file, int sequences, int steps) throws IOException {
        try {
            String text = Files.readString(RegularFile.of(file));
            for (String line : (text.startsWith("\ufeff") ? text.substring(1) : text)
                    .lines()
                    .toList()) {
                lines.add(line.isBlank() ? List.of() : List.of(line.strip().split("\\s+")));
            }
        } catch (NoSuchFileException e) {
            throw new OptionException("tokens", file + ": " + FileErrors.MISSING);
        } catch (CharacterCodingException e) {
            throw new OptionException("tokens", file + ": is not UTF-8 text");
        }
        if (lines.size() != sequences) {
            throw new OptionException(
                    "tokens",
                    file + ": " + lines.size() + " lines, expected one for each of the " + sequences + " sequences");
        }
        for (int row = 0; row < sequences; row++) {
            int count = lines.get(row).size();
            if (count > steps) {
                throw new OptionException(
                        "tokens",
                        file + " line " + (row + 1) + ": " + count
                                + " tokens, the sequence has " + steps
                                + " steps; separate tokens by blanks and leave out"
                                + " what was cut off");
            }
        }
    }

    /** Empty for padding. */
    String of(int sequence, int step) {
        List<String> line = lines.get(sequence);
        return step < line.size() ? line.get(step) : "";
    }
}
