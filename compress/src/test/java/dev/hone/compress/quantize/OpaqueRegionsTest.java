package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.method.OpaqueModels;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of a measured plan are cut around operators that Hone does not know, and each loads. */
class OpaqueRegionsTest {
    private final List<byte[]> opened = new ArrayList<>();

    /** Opens what it is to time; takes everything to be equally fast. */
    private double[] open(List<byte[]> models) {
        for (byte[] model : models) {
            Session.open(model, SessionOptions.defaults().withThreads(1)).close();
            opened.add(model);
        }
        return new double[models.size()];
    }

    static List<String> names() {
        return OpaqueModels.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void load(String name) {
        Model model = OpaqueModels.of(name);
        float[] expected = OpaqueModels.run(model);
        MeasuredResult result = MeasuredQuantizer.quantize(
                model, OpaqueModels.DATA, QuantizerOptions.defaults(), Progress.NONE, this::open, this::open);
        assertThat(opened).hasSizeGreaterThan(2);
        assertThat(result.report().measured()).isNotEmpty();
        float[] found = OpaqueModels.run(result.quantization().model());
        assertThat(Fidelity.cosine(expected, found, 0, found.length)).isGreaterThan(0.99);
    }
}
