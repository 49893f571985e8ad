package dev.hone.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tflite.convert.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page names the operators that are read. */
class TflitePageTest {
    @Test
    void namesAllOperators() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "tflite.md"));
        String list = page.substring(page.indexOf("## Operators"), page.indexOf("All others are named"));
        Set<String> named = Pattern.compile("[A-Z][A-Za-z0-9_]+(?=[,`])")
                .matcher(list)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> read = new TreeSet<>(Rules.operators());
        // Read with the constant that it unpacks.
        read.add("DENSIFY");
        assertThat(named).isEqualTo(read);
    }
}
