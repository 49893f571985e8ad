package dev.hone.compress.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.Compression;
import dev.hone.compress.CompressionContext;
import dev.hone.core.option.Options;
import dev.hone.core.option.Selected;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators that Hone does not know, which ONNX Runtime has: every compression leaves them as they are, and the rest goes on. */
class OpaqueOperatorsTest {
    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (String body : OpaqueModels.names()) {
            for (Compressions.Entry<?> entry : Compressions.ALL) {
                if (!entry.name().equals("qat")) {
                    cases.add(Arguments.of(entry.name(), body));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stayAsTheyAre(String method, String body) {
        Compressions.Entry<?> entry = Compressions.ALL.stream()
                .filter(e -> e.name().equals(method))
                .findFirst()
                .orElseThrow();
        // Which parts are measured, and that they load, is looked at in OpaqueRegionsTest.
        Map<String, Object> options = method.equals("static") ? Map.of("plan", "all") : Map.of();
        Compression compression =
                Compressions.of(new Selected(method, Options.of(entry.options()).build(options)));
        CompressionContext context = compression.calibration() == Compression.Calibration.UNUSED
                ? CompressionContext.defaults()
                : CompressionContext.defaults().withCalibration(OpaqueModels.DATA);
        Model model = OpaqueModels.of(body);
        float[] expected = OpaqueModels.run(model);
        Model made = OnnxReader.read(
                OnnxWriter.toBytes(compression.compress(model, context).model()));
        float[] found = OpaqueModels.run(made);
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += expected[i] * expected[i];
            noise += Math.pow(expected[i] - found[i], 2);
        }
        assertThat(Math.sqrt(noise / signal)).isLessThan(method.equals("weights") ? 0.15 : 0.05);
    }
}
