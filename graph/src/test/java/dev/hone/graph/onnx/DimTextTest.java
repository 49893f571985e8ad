package dev.hone.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DimTextTest {
    @Test
    void parsesExpressionsWrittenByHone() {
        Dim n = Dim.symbol("N");
        Dim m = Dim.symbol("M");
        Dim half = n.minus(1).floorDiv(2);
        for (Dim dim : List.of(
                n,
                n.times(3),
                n.times(m).plus(n).minus(7),
                n.times(-1).plus(5),
                half,
                half.times(m).plus(1),
                n.floorDiv(m.plus(1)),
                half.plus(2).floorDiv(m).minus(n))) {
            assertThat(DimText.read(dim.toString())).isEqualTo(dim);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"batch-size", "batch size", "b*a", "2N", "a//2", "N*2", "floor(", "floor(N/0)", "(N)", "--N"})
    void keepsOtherNamesUnchanged(String name) {
        assertThat(DimText.read(name)).isEqualTo(Dim.symbol(name));
        assertThat(DimText.read(name).toString()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "?17"})
    void unknownDimensionsEqualNothing(String text) {
        assertThat(DimText.read(text).isAnonymous()).isTrue();
        assertThat(DimText.read(text)).isNotEqualTo(DimText.read(text));
    }
}
