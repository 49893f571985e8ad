package dev.hone.compress.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.compress.plan.ShortestPath.Junction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShortestPathTest {
    private static final Border F = Border.FLOAT;
    private static final Border B = Border.BYTES;

    private static Choice floats(Border in, Border out, double milliseconds) {
        return new Choice("float", in, out, milliseconds, false, false);
    }

    private static Choice integers(Border in, Border out, double milliseconds) {
        return new Choice("integers", in, out, milliseconds, true, true);
    }

    private static List<Junction> none(int count) {
        return Collections.nCopies(count, Junction.NONE);
    }

    /**
     * Integers are slower in the middle segment, but the way to float and back costs more. A walk that takes the best of
     * each segment in turn would end at 1 + 3 + 1.
     */
    @Test
    void staysInIntegersWhereTheWayToFloatCostsMore() {
        List<List<Choice>> segments = List.of(
                List.of(floats(F, F, 2), integers(F, F, 1.5), integers(F, B, 1)),
                List.of(floats(F, F, 1), floats(B, B, 3), floats(B, F, 2.1), integers(B, B, 1.4)),
                List.of(floats(F, F, 2), integers(F, F, 1.6), integers(B, F, 1)));
        ShortestPath.Path path = ShortestPath.find(segments, none(2));
        assertThat(path.milliseconds()).isCloseTo(3.4, within(1e-9));
        assertThat(path.choices()).extracting(Choice::name).containsExactly("integers", "integers", "integers");
        assertThat(path.choices()).extracting(Choice::out).containsExactly(B, B, F);
    }

    @Test
    void goesToFloatWhereThatPays() {
        List<List<Choice>> segments = List.of(
                List.of(floats(F, F, 2), integers(F, F, 1.2), integers(F, B, 1)),
                List.of(floats(F, F, 1), floats(B, B, 1.5), integers(B, B, 4)),
                List.of(floats(F, F, 2), integers(F, F, 1.1), integers(B, F, 1)));
        ShortestPath.Path path = ShortestPath.find(segments, none(2));
        assertThat(path.milliseconds()).isCloseTo(3.3, within(1e-9));
        assertThat(path.choices()).extracting(Choice::name).containsExactly("integers", "float", "integers");
    }

    /** What two float neighbours save by staying in the blocked layout may decide. */
    @Test
    void countsWhatNeighboursSave() {
        List<List<Choice>> segments =
                List.of(List.of(floats(F, F, 2), integers(F, B, 1.7)), List.of(floats(F, F, 2), integers(B, F, 1.7)));
        assertThat(ShortestPath.find(segments, none(1)).milliseconds()).isCloseTo(3.4, within(1e-9));
        ShortestPath.Path path = ShortestPath.find(segments, List.of(new Junction(1, 0.3)));
        assertThat(path.milliseconds()).isCloseTo(3, within(1e-9));
        assertThat(path.choices()).extracting(Choice::name).containsExactly("float", "float");
    }

    /** Two parts of 5 that take 8 together save 2, however that was timed; parts that save nothing save nothing. */
    @Test
    void savingsAddUpToWhatTheWholeSaves() {
        List<Junction> junctions = List.of(new Junction(3, 0.2), new Junction(1, 0));
        List<Junction> anchored = ShortestPath.anchored(junctions, 10, 8, 4, 5);
        assertThat(anchored).extracting(Junction::inFloat).containsExactly(1.5, 0.5);
        assertThat(anchored).extracting(Junction::inIntegers).containsExactly(0.0, 0.0);
    }

    @Test
    void startsAndEndsWithFloats() {
        List<List<Choice>> segments = List.of(List.of(integers(B, B, 0), integers(F, B, 0), floats(F, F, 9)));
        assertThat(ShortestPath.find(segments, List.of()).milliseconds()).isEqualTo(9);
        assertThat(ShortestPath.find(List.of(List.of(integers(F, B, 0))), List.of()))
                .isNull();
    }

    /** Against all sequences, on random times. */
    @Test
    void noSequenceIsCheaper() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<List<Choice>> segments = new ArrayList<>();
            List<Junction> junctions = new ArrayList<>();
            for (int k = 0; k < 5; k++) {
                List<Choice> choices = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    choices.add(new Choice(
                            "" + i,
                            random.nextBoolean() ? F : B,
                            random.nextBoolean() ? F : B,
                            random.nextDouble(),
                            random.nextBoolean(),
                            random.nextBoolean()));
                }
                choices.add(floats(F, F, 1));
                segments.add(choices);
                junctions.add(new Junction(0.4 * random.nextDouble(), 0.4 * random.nextDouble()));
            }
            ShortestPath.Path path = ShortestPath.find(segments, junctions.subList(0, 4));
            assertThat(path.milliseconds())
                    .as("seed %d", seed)
                    .isCloseTo(cheapest(segments, junctions, new ArrayList<>()), within(1e-9));
            assertThat(path.milliseconds()).isCloseTo(cost(path.choices(), junctions), within(1e-9));
        }
    }

    private static double cheapest(List<List<Choice>> segments, List<Junction> junctions, List<Choice> chosen) {
        if (chosen.size() == segments.size()) {
            return cost(chosen, junctions);
        }
        double best = Double.POSITIVE_INFINITY;
        for (Choice choice : segments.get(chosen.size())) {
            chosen.add(choice);
            best = Math.min(best, cheapest(segments, junctions, chosen));
            chosen.remove(chosen.size() - 1);
        }
        return best;
    }

    private static double cost(List<Choice> chosen, List<Junction> junctions) {
        double sum = 0;
        Border border = F;
        for (int k = 0; k < chosen.size(); k++) {
            Choice choice = chosen.get(k);
            if (choice.in() != border) {
                return Double.POSITIVE_INFINITY;
            }
            if (k > 0) {
                Choice left = chosen.get(k - 1);
                if (border == F && !left.integerTail() && !choice.integerHead()) {
                    sum -= junctions.get(k - 1).inFloat();
                } else if (border == B && left.integerTail() && choice.integerHead()) {
                    sum -= junctions.get(k - 1).inIntegers();
                }
            }
            sum += choice.milliseconds();
            border = choice.out();
        }
        return border == F ? sum : Double.POSITIVE_INFINITY;
    }
}
