package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A small data set of synthetic surfaces and a small model of it, made once for the tests of jobs. */
final class Surfaces {
    private static Path data;
    private static Path model;

    private Surfaces() {}

    static synchronized Path data() {
        if (data == null) {
            data = TestFolder.of("surfaces");
            new SyntheticSurfaces(64, 8, 4, 4, 3).write(data);
        }
        return data;
    }

    static synchronized Path model() {
        if (model == null) {
            model = TestFolder.of("model").resolve("model.onnx");
            TrainJob.run(training(model), Progress.NONE);
        }
        return model;
    }

    /** Two short epochs of a narrow network. */
    static TrainOptions training(Path output) {
        Map<String, Object> values = new HashMap<>();
        values.put("data", data());
        values.put("output", output);
        values.put("epochs", 2);
        values.put("width", 0.25);
        values.put("size", "32");
        values.put("cache", data().resolveSibling("cache"));
        return Options.of(TrainOptions.class).build(values);
    }

    /** Test images of a class, in order. */
    static List<Path> images(String label) throws IOException {
        try (Stream<Path> files = Files.list(data().resolve("test").resolve(label))) {
            return files.sorted().toList();
        }
    }
}
