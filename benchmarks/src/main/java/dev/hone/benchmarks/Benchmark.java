package dev.hone.benchmarks;

import java.io.IOException;
import java.nio.file.Path;

/** {@code benchmarks/run NAME ARGUMENT...}: runs one benchmark for each argument, usually a model. */
public final class Benchmark {
    private Benchmark() {}

    private interface Measurement {
        void of(String argument) throws IOException;
    }

    public static void main(String[] args) throws IOException {
        Measurement measurement =
                switch (args.length < 2 ? "" : args[0]) {
                    case "gradient-shap" -> a -> GradientShapSpeed.run(Path.of(a));
                    case "convergence" -> a -> ExplanationConvergence.run(Path.of(a));
                    case "agreement" -> a -> ExplanationAgreement.run(Path.of(a));
                    case "quantize" -> a -> QuantizedSpeed.run(Path.of(a));
                    case "compare" -> ModelComparison::run;
                    case "predict" -> a -> PredictOverhead.run(Path.of(a));
                    case "ablation" -> a -> Ablation.run(Path.of(a));
                    case "rare-class" -> RareClass::run;
                    case "training" -> TrainingSpeed::run;
                    case "transformer" -> LargeTransformer::run;
                    case "exports" -> ExportsCheck::run;
                    case "exports-table" -> a -> ExportsTable.print(Path.of(a));
                    case "streaming" -> a -> StreamingSpeed.run(Path.of(a));
                    default -> {
                        System.err.println(
                                "usage: benchmarks/run gradient-shap|convergence|agreement|quantize|predict|streaming MODEL.onnx ... | exports [CHECK,...:]EXPORT.onnx ... | exports-table RESULTS.txt | training SIZE ... | ablation SETTINGS.properties ... | rare-class FOLDER:EPOCHS[:MANY:FEW] ..."
                                        + " | transformer GB:MODEL.onnx ... | compare INPUTS.npz:FIRST.onnx:SECOND.onnx... ...");
                        System.exit(2);
                        throw new IllegalStateException();
                    }
                };
        for (int i = 1; i < args.length; i++) {
            measurement.of(args[i]);
        }
    }
}
