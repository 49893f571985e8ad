package dev.hone.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WildcardTest {
    /** Against the expression that means the same. */
    @Test
    void matchesWhatTheRegularExpressionDoes() {
        Random random = new Random(3);
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern = text(random, "ab*", 6);
            String name = text(random, "ab", 7);
            String expression = Arrays.stream(pattern.split("\\*", -1))
                    .map(Pattern::quote)
                    .collect(Collectors.joining(".*"));
            boolean expected = Pattern.matches(expression, name);
            assertThat(new Wildcard(pattern).matches(name)).as(pattern + " " + name).isEqualTo(expected);
            matched += expected ? 1 : 0;
        }
        assertThat(matched).isBetween(1000, 19_000);
    }

    @Test
    void endsWithManyStars() {
        assertThat(new Wildcard("*a".repeat(400) + "b").matches("a".repeat(5000))).isFalse();
    }

    private static String text(Random random, String letters, int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(longest + 1); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
