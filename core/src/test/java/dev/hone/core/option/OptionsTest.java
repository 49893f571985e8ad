package dev.hone.core.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    enum Rounding {
        NEAREST,
        UP_OR_DOWN
    }

    enum Other {
        NEAREST,
        GPTQ
    }

    record First(
            @Setting(help = "Bits.", def = "8", min = 4, max = 8)
            int bits,

            @Setting(help = "Rounding.", def = "nearest") Rounding rounding) {}

    record Second(
            @Setting(help = "Bits.", def = "8", min = 4, max = 8)
            int bits,

            @Setting(help = "Otherwise.", def = "gptq") Other rounding,
            @Setting(help = "Names.") List<String> keepFp32) {}

    record None() {}

    public static final class Table implements Variants {
        @Override
        public List<Variant> list() {
            return List.of(
                    new Variant("first", "One.", First.class),
                    new Variant("second", "Two.", Second.class),
                    new Variant("none", "Nothing.", None.class));
        }
    }

    record Asked(
            @Setting(help = "Method.", def = "first", variants = Table.class)
            Selected method,

            @Setting(help = "Switch.") boolean fast) {}

    private static final Options<Asked> OPTIONS = Options.of(Asked.class);

    @Test
    void optionsOfVariantsAreListedWithThoseThatTakeThem() {
        assertThat(OPTIONS.list())
                .extracting(o -> o.name() + " " + o.variants())
                .containsExactly(
                        "method []",
                        "bits [first, second]",
                        "rounding [first]",
                        "rounding [second]",
                        "keep-fp32 [second]",
                        "fast []");
        assertThat(OPTIONS.list().get(0).choices()).containsExactly("first", "second", "none");
    }

    @Test
    void aVariantGetsItsOwnOptions() {
        assertThat(OPTIONS.build(Map.of()).method()).isEqualTo(new Selected("first", new First(8, Rounding.NEAREST)));
        Asked second = OPTIONS.build(
                Map.of("method", "second", "bits", "4", "rounding", "nearest", "keep-fp32", List.of("a", "b")));
        assertThat(second.method().options()).isEqualTo(new Second(4, Other.NEAREST, List.of("a", "b")));
        assertThat(OPTIONS.build(Map.of("method", "none")).method()).isEqualTo(new Selected("none", new None()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "none | bits | 4 | not an option of method none but of first, second; leave it out",
                "first | keep-fp32 | a | not an option of method first but of second; leave it out",
                "first | rounding | gptq | 'gptq' is not one of nearest, up-or-down",
                "second | rounding | neares | 'neares' is not one of nearest, gptq; did you mean 'nearest'?",
                "first | bits | 3 | 3, expected a value from 4 to 8",
                "first | bits | four | 'four' is not an integer",
                "frist | method | frist | 'frist' is not one of first, second, none; did you mean 'first'?"
            })
    void whatDoesNotFitIsSaid(String method, String option, String value, String problem) {
        Map<String, String> values =
                option.equals("method") ? Map.of("method", method) : Map.of("method", method, option, value);
        assertThatThrownBy(() -> OPTIONS.build(values)).isInstanceOfSatisfying(OptionException.class, e -> {
            assertThat(e.option()).isEqualTo(option);
            assertThat(e.problem()).isEqualTo(problem);
        });
    }

    @Test
    void argumentsBuildTheSameAgain() {
        Asked asked = OPTIONS.build(Map.of("method", "second", "bits", "4", "fast", "true"));
        assertThat(OPTIONS.arguments(asked)).containsExactly("--method", "second", "--bits", "4", "--fast");
        assertThat(OPTIONS.build(OPTIONS.values(asked))).isEqualTo(asked);
    }
}
