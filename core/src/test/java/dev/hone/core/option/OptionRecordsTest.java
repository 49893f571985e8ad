package dev.hone.core.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionRecordsTest {
    enum LrSchedule {
        CONSTANT,
        ONE_CYCLE
    }

    record Schedule(
            @Setting(help = "Epochs.", def = "30", min = 1) int epochs,

            @Setting(help = "Learning rate.", def = "0.01", min = 0, max = 1)
            double learningRate,

            @Setting(help = "Schedule.", def = "one-cycle") LrSchedule lrSchedule) {}

    record Example(
            @Setting(help = "Data.", label = "DATA", positional = true, required = true)
            Path data,

            @Setting(help = "Further inputs.", label = "INPUT", positional = true)
            List<Path> inputs,

            @Setting(help = "Labels.", def = "good,bad") List<String> labels,
            @Setting(help = "Sizes.") List<Integer> sizes,
            Schedule schedule,

            @Setting(help = "Random seed.", def = "1", max = 1e18)
            long seed,

            @Setting(help = "Threads.", min = 1) Integer threads,
            @Setting(help = "Name.") String name,
            @Setting(help = "Start over.") boolean restart) {}

    private static final Options<Example> OPTIONS = Options.of(Example.class);

    private static Example build(Object... namesAndValues) {
        Map<String, Object> values = new HashMap<>(Map.of("data", "images"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return OPTIONS.build(values);
    }

    private static void rejects(String name, Object value, String problem) {
        assertThatThrownBy(() -> build(name, value))
                .isInstanceOfSatisfying(OptionException.class, e -> {
                    assertThat(e.option()).isEqualTo(name);
                    assertThat(e.problem()).isEqualTo(problem);
                })
                .hasMessage(name + ": " + problem);
    }

    @Test
    void listsOptionsInOrderIncludingThoseOfNestedRecords() {
        assertThat(OPTIONS.list())
                .extracting(Options.Option::name)
                .containsExactly(
                        "data",
                        "inputs",
                        "labels",
                        "sizes",
                        "epochs",
                        "learning-rate",
                        "lr-schedule",
                        "seed",
                        "threads",
                        "name",
                        "restart");
        Options.Option sizes = OPTIONS.list().get(3);
        assertThat(sizes.isList()).isTrue();
        assertThat(sizes.type()).isEqualTo(Integer.class);
        assertThat(OPTIONS.list()).filteredOn(Options.Option::isSwitch).hasSize(1);
        assertThat(OPTIONS.list().get(6).choices()).containsExactly("constant", "one-cycle");
        assertThat(OPTIONS.list().get(5).choices()).isEmpty();
    }

    @Test
    void missingValuesGetTheirDefaults() {
        assertThat(build())
                .isEqualTo(new Example(
                        Path.of("images"),
                        List.of(),
                        List.of("good", "bad"),
                        List.of(),
                        new Schedule(30, 0.01, LrSchedule.ONE_CYCLE),
                        1,
                        null,
                        null,
                        false));
    }

    @Test
    void parsesEveryType() {
        Example example = build(
                "inputs", List.of("a.png", "b.png"),
                "labels", "only",
                "sizes", List.of(" 32", "64 "),
                "epochs", "5",
                "learning-rate", "1e-3",
                "lr-schedule", "CONSTANT",
                "seed", "12345678901",
                "threads", 4,
                "name", "first",
                "restart", "TRUE");
        assertThat(example)
                .isEqualTo(new Example(
                        Path.of("images"),
                        List.of(Path.of("a.png"), Path.of("b.png")),
                        List.of("only"),
                        List.of(32, 64),
                        new Schedule(5, 0.001, LrSchedule.CONSTANT),
                        12345678901L,
                        4,
                        "first",
                        true));
    }

    @Test
    void namesAreKebabCase() {
        assertThat(Options.kebabCase("learningRate")).isEqualTo("learning-rate");
        assertThat(Options.kebabCase("LEARNING_RATE")).isEqualTo("learning-rate");
        assertThat(Options.kebabCase("data")).isEqualTo("data");
    }

    @Test
    void enumsAreReadInAnyCaseWithHyphensOrUnderscores() {
        for (String text : List.of("one-cycle", "ONE_CYCLE", "One-Cycle", " one_cycle ")) {
            assertThat(build("lr-schedule", text).schedule().lrSchedule()).isEqualTo(LrSchedule.ONE_CYCLE);
        }
    }

    @Test
    void requiredValuesMustBeGiven() {
        assertThatThrownBy(() -> OPTIONS.build(Map.of())).hasMessage("data: a value is required");
    }

    @Test
    void invalidValuesSayWhatWasExpected() {
        rejects("epochs", "many", "'many' is not an integer");
        rejects("epochs", "1.5", "'1.5' is not an integer");
        rejects("epochs", "3000000000", "'3000000000' is not an integer");
        rejects("learning-rate", "fast", "'fast' is not a number");
        rejects("lr-schedule", "cosine", "'cosine' is not one of constant, one-cycle");
        rejects("restart", "maybe", "'maybe' is neither true nor false");
        rejects("sizes", List.of("32", "x"), "'x' is not an integer");
        assertThatThrownBy(() -> build("data", "a\0b")).hasMessageStartingWith("data: 'a\\u0000b' is not a path: ");
    }

    @Test
    void numbersOutsideTheirRangeAreRejected() {
        rejects("epochs", "0", "0, expected 1 or more");
        rejects("learning-rate", "1.5", "1.5, expected a value from 0 to 1");
        rejects("learning-rate", "-0.001", "-0.001, expected a value from 0 to 1");
        rejects("learning-rate", "NaN", "NaN, expected a value from 0 to 1");
        rejects("seed", "2000000000000000000", "2.0E18, expected 1.0E18 or less");
        rejects("threads", "0", "0, expected 1 or more");
        assertThat(build("epochs", "1", "learning-rate", "1").schedule())
                .isEqualTo(new Schedule(1, 1, LrSchedule.ONE_CYCLE));
    }

    @Test
    void valuesRoundTrip() {
        Example example = build(
                "inputs", List.of("a.png"),
                "labels", List.of(),
                "sizes", List.of("32", "64"),
                "learning-rate", "0.25",
                "lr-schedule", "constant",
                "name", "first",
                "restart", "true");
        Map<String, Object> values = OPTIONS.values(example);
        assertThat(values)
                .containsEntry("lr-schedule", "constant")
                .containsEntry("learning-rate", "0.25")
                .containsEntry("sizes", List.of("32", "64"))
                .containsEntry("restart", "true")
                .doesNotContainKey("threads");
        assertThat(OPTIONS.build(values)).isEqualTo(example);
    }

    @Test
    void argumentsArePositionalValuesThenWhatDiffersFromTheDefaults() {
        assertThat(OPTIONS.arguments(build())).containsExactly("images");
        assertThat(OPTIONS.arguments(build("learning-rate", "0.010", "lr-schedule", "one-cycle", "restart", "false")))
                .containsExactly("images");
        Example example = build(
                "inputs", List.of("a.png", "b.png"),
                "sizes", List.of("32", "64"),
                "learning-rate", "0.25",
                "lr-schedule", "constant",
                "threads", "4",
                "restart", "true");
        assertThat(OPTIONS.arguments(example))
                .containsExactly(
                        "images",
                        "a.png",
                        "b.png",
                        "--sizes",
                        "32,64",
                        "--learning-rate",
                        "0.25",
                        "--lr-schedule",
                        "constant",
                        "--threads",
                        "4",
                        "--restart");
    }
}
