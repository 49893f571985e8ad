package dev.hone.property;

import dev.hone.core.ElementType;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.statistics.Statistics;

/**
 * Random chains of operators compute the same after every pass, have the gradients that finite differences give, and
 * load when they are compressed.
 */
class ChainPropertiesTest {
    @Property(tries = 150, seed = "11", edgeCases = EdgeCasesMode.NONE)
    void passesKeepWhatIsComputed(@ForAll("numbers") int[] numbers) {
        boolean checked = RewriteChecks.check(
                RandomModel.of(numbers, ElementType.FLOAT, ElementType.DOUBLE, ElementType.FLOAT, ElementType.FLOAT16));
        Statistics.label("checked").collect(checked);
    }

    @Property(tries = 150, seed = "12", edgeCases = EdgeCasesMode.NONE)
    void gradientsAreThoseOfFiniteDifferences(@ForAll("numbers") int[] numbers) {
        boolean checked = GradientChecks.check(RandomModel.of(numbers, ElementType.FLOAT, ElementType.DOUBLE));
        Statistics.label("checked").collect(checked);
    }

    @Property(tries = 40, seed = "13", edgeCases = EdgeCasesMode.NONE)
    void compressionsLoadAndAgree(@ForAll("numbers") int[] numbers) {
        boolean checked = CompressionChecks.check(RandomModel.of(numbers, ElementType.FLOAT));
        Statistics.label("checked").collect(checked);
    }

    @Tag("fuzz")
    @Property(tries = Integer.MAX_VALUE, edgeCases = EdgeCasesMode.NONE)
    @UntilDeadline(share = 0.2)
    void compressionsAtLength(@ForAll("numbers") int[] numbers) {
        compressionsLoadAndAgree(numbers);
    }

    @Tag("fuzz")
    @Property(tries = Integer.MAX_VALUE, edgeCases = EdgeCasesMode.NONE)
    @UntilDeadline(share = 0.4)
    void passesAtLength(@ForAll("numbers") int[] numbers) {
        passesKeepWhatIsComputed(numbers);
    }

    @Tag("fuzz")
    @Property(tries = Integer.MAX_VALUE, edgeCases = EdgeCasesMode.NONE)
    @UntilDeadline(share = 0.4)
    void gradientsAtLength(@ForAll("numbers") int[] numbers) {
        gradientsAreThoseOfFiniteDifferences(numbers);
    }

    @Provide
    Arbitrary<int[]> numbers() {
        return Arbitraries.integers()
                .between(0, Choices.LIMIT - 1)
                .withDistribution(net.jqwik.api.RandomDistribution.uniform())
                .array(int[].class)
                .ofMinSize(12)
                .ofMaxSize(160);
    }
}
