package dev.hone.benchmarks;

import java.io.IOException;
import java.nio.file.Path;

/** {@code benchmarks/run NAME MODEL...}: runs one measurement on each model. */
public final class Benchmark {
    private Benchmark() {}

    private interface Measurement {
        void of(Path model) throws IOException;
    }

    public static void main(String[] args) throws IOException {
        Measurement measurement =
                switch (args.length < 2 ? "" : args[0]) {
                    case "gradient-shap" -> GradientShapSpeed::run;
                    case "quantize" -> QuantizedSpeed::run;
                    case "predict" -> PredictOverhead::run;
                    default -> {
                        System.err.println("usage: benchmarks/run gradient-shap|quantize|predict MODEL.onnx ...");
                        System.exit(2);
                        throw new IllegalStateException();
                    }
                };
        for (int i = 1; i < args.length; i++) {
            measurement.of(Path.of(args[i]));
        }
    }
}
