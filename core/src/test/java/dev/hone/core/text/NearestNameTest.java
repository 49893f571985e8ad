package dev.hone.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    /** Published Levenshtein distances: kitten/sitting 3, saturday/sunday 3. */
    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "saturday,sunday,3", "flaw,lawn,2", "age,age,0", "'',abc,3"})
    void editDistances(String a, String b, int distance) {
        assertThat(NearestName.distance(a, b)).isEqualTo(distance);
        assertThat(NearestName.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void suggestsTheNearestNameOrNothing() {
        List<String> known = List.of("age", "amount", "duration");
        assertThat(NearestName.of("Amont", known)).contains("amount");
        assertThat(NearestName.of("--arch", List.of("--batch", "--architecture"))).contains("--architecture");
        assertThat(NearestName.of("xylophone", known)).isEmpty();
        assertThat(NearestName.hint("durations", known)).isEqualTo("; did you mean 'duration'?");
        assertThat(NearestName.hint("xylophone", known)).isEmpty();
    }
}
