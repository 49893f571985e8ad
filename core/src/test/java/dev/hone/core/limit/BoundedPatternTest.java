package dev.hone.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A search that does not end fails, and does not hold up the build. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BoundedPatternTest {
    private static final String NAME = "a".repeat(60) + "/photo_2026-11-30_0001.png";

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "num_(\\d+) num_17_a.png 17",
                "^[^_]+ part7_cam1.png part7",
                "(\\d{4}-\\d{2}-\\d{2})_ 2026-11-30_1.png 2026-11-30",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
                        + " x/123e4567-e89b-12d3-a456-426614174000.png 123e4567-e89b-12d3-a456-426614174000",
                "([^/]{1,200})/[^/]*$ lot/12/a.png 12",
                "\\Q(a{9})\\E.*?(?=\\.) x(a{9})b.png (a{9})b",
                "[{}\\]]+ a{}].png {}]",
                "\\Qa{9999999}\\E xa{9999999}b.png a{9999999}",
                "[x{9999999}]+ ax9{.png x9{",
            })
    void findsWhatExpressionsAreFor(String expression, String text, String found) {
        assertThat(BoundedPattern.of(expression).find(text)).hasValue(found);
    }

    @Test
    void findsNothing() {
        assertThat(BoundedPattern.of("num_(\\d+)").find("a.png")).isEmpty();
        assertThat(BoundedPattern.of("(x)?a").find("a.png")).isEmpty();
    }

    @Test
    void endsSearchesThatWouldNot() {
        assertThatThrownBy(() -> BoundedPattern.of("((a+)+)+$").find(NAME))
                .isInstanceOf(LimitException.class)
                .hasMessageStartingWith("((a+)+)+$ takes too long on '")
                .hasMessageNotContaining("\n");
    }

    /** Some of these Java itself finds a way through; all end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a|aa)+$",
                "(.*)*b$",
                "(a*)*(a*)*(a*)*c",
                "(?:a|a|a)*d",
                "(\\w+\\s?)+:$",
                "(?<=(a+){3,9})b",
                "(a+)\\1+\\1+b",
                "(?:(?:a*)*)*b"
            })
    void comesToAnEnd(String expression) {
        try {
            assertThat(BoundedPattern.of(expression).find(NAME)).isNotNull();
        } catch (LimitException e) {
            assertThat(e).hasMessageStartingWith(expression);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(){2000000000}",
                "a{0,2000000000}",
                "((((){999}){999}){999}){999}",
                "(){999}{999}{999}",
                "(){99999999999999999999}",
                "x[(]{2000000}",
            })
    void refusesHugeCounts(String expression) {
        assertThatThrownBy(() -> BoundedPattern.of(expression).find(NAME))
                .isInstanceOf(LimitException.class)
                .hasMessageStartingWith(expression);
    }

    @Test
    void refusesWhatIsNestedTooDeeplyOrTooLongOrNoExpression() {
        assertThatThrownBy(() -> BoundedPattern.of("(".repeat(400) + ")".repeat(400)))
                .isInstanceOf(LimitException.class);
        assertThatThrownBy(() -> BoundedPattern.of("a".repeat(5000))).hasMessageContaining("5000 characters");
        assertThatThrownBy(() -> BoundedPattern.of("[")).hasMessageContaining("is not a regular expression");
    }
}
