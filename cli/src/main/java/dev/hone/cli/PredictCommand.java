package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.jobs.Json;
import dev.hone.model.Classifier;
import dev.hone.model.metric.Decision;
import dev.hone.runtime.NativeTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "predict",
        header = "Classifies images: one JSON line each, with the verdict, the probabilities and the milliseconds.",
        description = {
            "",
            "'milliseconds' is the model's time, 'total' includes reading, decoding and resizing. An image that cannot "
                    + "be read gets a line with 'error', and the others go on; the exit code is then 2.",
            "",
            "Example:",
            "  hone predict model.int8.onnx part-0017.png part-0018.png",
            ""
        })
final class PredictCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "An ONNX file.")
    private Path file;

    @Parameters(index = "1..*", paramLabel = "IMAGE", arity = "1..*", description = "PNG, JPEG, BMP or TIFF files.")
    private List<Path> images;

    @Option(names = "--json", description = "JSON lines are what this command prints anyway.")
    @SuppressWarnings("unused") // read by the command line parser
    private boolean json;

    @Mixin
    private PixelOption pixels;

    @Mixin
    private SessionOption session;

    @Override
    public Integer call() {
        int failed = 0;
        try (Classifier classifier = new Classifier(file, pixels.pixels, session.options())) {
            for (Path image : images) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("image", image.toString());
                try {
                    predict(classifier, image, line);
                } catch (HoneException e) {
                    failed++;
                    line.put("error", Failures.line(e));
                }
                System.out.println(Json.line(line));
            }
        }
        return failed == 0 ? 0 : 2;
    }

    private static void predict(Classifier classifier, Path image, Map<String, Object> line) {
        long start = System.nanoTime();
        try (NativeTensor tensor = classifier.decode(image)) {
            long decoded = System.nanoTime();
            float[] row = classifier.probabilities(tensor)[0];
            long done = System.nanoTime();
            Decision decision = classifier.input().decision();
            int best = decision.of(row);
            line.put("verdict", classifier.input().label(best));
            line.put("probability", Json.round(row[best], 6));
            if (decision.hasThreshold()) {
                line.put("rejected", best != decision.good());
            }
            Map<String, Object> all = new LinkedHashMap<>();
            for (int c = 0; c < row.length; c++) {
                all.put(classifier.input().label(c), Json.round(row[c], 6));
            }
            line.put("probabilities", all);
            line.put("milliseconds", Json.round((done - decoded) / 1e6, 3));
            line.put("total", Json.round((done - start) / 1e6, 3));
        }
    }
}
