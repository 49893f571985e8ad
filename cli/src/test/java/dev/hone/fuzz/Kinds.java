package dev.hone.fuzz;

import dev.hone.cli.Commands;
import dev.hone.cli.TfliteVectors;
import dev.hone.core.ElementType;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.property.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The kinds of input that come from outside, with whole files of each. */
final class Kinds {
    private static final int CHAINS = 60;

    private static final long LARGEST = 300_000;

    private final Path folder;

    Kinds(Path folder) {
        this.folder = folder;
    }

    List<Kind> all() throws IOException {
        return List.of(models(), tfliteModels(), images(), tables(), recipes());
    }

    private Kind models() throws IOException {
        List<Path> seeds = new ArrayList<>(List.of(Commands.model(), Commands.int8(), tableModel()));
        seeds.addAll(files(Path.of(".."), ".onnx"));
        Random random = new Random(1);
        for (int i = 0; i < CHAINS; i++) {
            int[] numbers = random.ints(80, 0, 1 << 16).toArray();
            byte[] bytes = OnnxWriter.toBytes(
                    RandomModel.of(numbers, ElementType.FLOAT).model());
            seeds.add(Files.write(folder.resolve("chain" + i + ".onnx"), bytes));
        }
        return new Kind(
                "models",
                seeds,
                List.of(new MessageMutator(), new MessageMutator(), new MessageMutator(), new ByteMutator()),
                modelCommands());
    }

    private Kind tfliteModels() throws IOException {
        List<Path> seeds = new ArrayList<>();
        for (String name : TfliteVectors.names()) {
            seeds.add(TfliteVectors.write(name, folder));
        }
        return new Kind("TFLite models", seeds, List.of(new ByteMutator()), modelCommands());
    }

    List<String> modelCommands() throws IOException {
        String image = Commands.anImage().toString();
        return List.of(
                "show {file} --nodes --weights --json",
                "show {file}",
                "quantize {file} --method weights -o {out}",
                "quantize {file} --method dynamic -o {out}",
                "quantize {file} --method fp16 -o {out}",
                "quantize {file} --method bf16 -o {out}",
                "quantize {file} --images 4 --plan all -o {out} --cache cache --calibrate " + Commands.data(),
                "predict {file} --pixels unit " + image,
                "predict {file} " + image,
                "explain {file} --pixels unit --baselines-by black --samples 4 -o maps --cache cache " + image,
                "explain {file} --baselines-by blur --method grad-cam -o maps --cache cache " + image,
                "bench {file} --seconds 0.05");
    }

    private Kind images() throws IOException {
        List<Path> seeds = new ArrayList<>(List.of(Commands.anImage()));
        for (String ending : List.of(".png", ".jpg", ".bmp", ".tif", ".tiff", ".gif")) {
            seeds.addAll(files(Path.of("..", "vision", "src", "test", "resources"), ending));
        }
        return new Kind("images", seeds, List.of(new ByteMutator()), imageCommands());
    }

    List<String> imageCommands() throws IOException {
        return List.of(
                "predict " + Commands.model() + " {file}",
                "predict " + Commands.model() + " --json {file} " + Commands.anImage(),
                "explain " + Commands.model() + " {file} --baselines-by black --samples 2 -o maps --cache cache");
    }

    private Kind tables() throws IOException {
        List<Path> seeds = List.of(table(), imageTable());
        Path model = tableModel();
        return new Kind(
                "tables",
                seeds,
                List.of(new TextMutator()),
                List.of(
                        "train {file} --target class -o {out} --epochs 1 --cache cache",
                        "predict " + model + " {file}",
                        "evaluate " + model + " {file} --cache cache",
                        "evaluate " + Commands.model() + " {file} --cache cache",
                        "quantize " + model + " --calibrate {file} --plan all -o {out} --cache cache"));
    }

    private Kind recipes() throws IOException {
        Path recipe =
                Files.writeString(folder.resolve("recipe.yaml"), """
                # Inspects a model, makes it smaller, measures it.
                version: 1
                jobs:
                  - show:
                      model: %1$s
                      weights: true
                  - quantize:
                      model: %1$s
                      output: small.onnx
                      method: weights
                      bits: 8
                      images: 4
                  - predict:
                      model: %1$s
                      data: [%2$s]
                      top: 3
                  - bench:
                      model: small.onnx
                      seconds: 0.05
                """.formatted(Commands.model(), Commands.anImage()));
        Path options = Files.writeString(
                folder.resolve("options.yaml"),
                "version: 1\nmodel: " + Commands.model() + "\nnodes: true\nweights: false\n");
        return new Kind(
                "recipes",
                List.of(recipe, options),
                List.of(new TextMutator()),
                List.of("run {file}", "run {file} --json", "show --config {file}"));
    }

    /** Rows of two classes that two columns tell. */
    private Path table() throws IOException {
        StringBuilder text = new StringBuilder("width,height,\"colour, outside\",count,class\n");
        Random random = new Random(3);
        for (int i = 0; i < 60; i++) {
            boolean ok = random.nextBoolean();
            text.append(ok ? random.nextInt(50) / 10.0 : 4 + random.nextInt(50) / 10.0)
                    .append(',')
                    .append(random.nextInt(9) == 0 ? "" : Integer.toString(random.nextInt(100)))
                    .append(',')
                    .append(random.nextInt(3) == 0 ? "\"red, dark\"" : "blue")
                    .append(',')
                    .append(random.nextInt(5))
                    .append(ok ? ",ok\n" : ",scrap\n");
        }
        return Files.writeString(folder.resolve("rows.csv"), text);
    }

    private Path imageTable() throws IOException {
        StringBuilder text = new StringBuilder("path,label,split\n");
        try (Stream<Path> images = Files.walk(Commands.data())) {
            images.filter(f -> f.toString().endsWith(".png")).sorted().forEach(f -> text.append(f)
                    .append(',')
                    .append(f.getParent().getFileName())
                    .append(',')
                    .append(f.getParent().getParent().getFileName())
                    .append('\n'));
        }
        return Files.writeString(folder.resolve("images.csv"), text);
    }

    private Path tableModel() throws IOException {
        Path model = folder.resolve("rows.onnx");
        if (!Files.exists(model)) {
            try (WorkerProcess worker = new WorkerProcess(folder)) {
                List<String> words = List.of(
                        "train",
                        table().toString(),
                        "-o",
                        model.toString(),
                        "--target",
                        "class",
                        "--epochs",
                        "2",
                        "--cache",
                        "cache");
                WorkerProcess.Ended ended = worker.run(words, java.time.Duration.ofMinutes(2));
                if (ended.exit() != 0) {
                    throw new IllegalStateException(ended.toString());
                }
            }
        }
        return model;
    }

    /** Small files among the test resources of all modules. */
    private static List<Path> files(Path under, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(under)) {
            return files.map(file -> file.toAbsolutePath().normalize())
                    .filter(file -> file.toString().contains("src/test/resources")
                            && file.toString().endsWith(ending)
                            && file.toFile().length() < LARGEST)
                    .sorted()
                    .toList();
        }
    }
}
