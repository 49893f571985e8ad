package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.show.ShowJob;
import dev.hone.jobs.show.ShowOptions;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.model.ModelCard;
import dev.hone.model.PretrainedWeights;
import dev.hone.train.backbone.Backbones;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on a pretrained network, and what its file says of it from then on. */
class BackboneTrainingTest {
    @TempDir
    private Path folder;

    private TrainOptions training(String output, Map<String, ?> more) {
        Map<String, Object> values = new HashMap<>();
        values.put("data", Surfaces.data());
        values.put("output", folder.resolve(output));
        values.put("epochs", 1);
        values.put("size", "32");
        values.put("cache", Surfaces.data().resolveSibling("cache"));
        values.putAll(more);
        return Options.of(TrainOptions.class).build(values);
    }

    private static Map<String, String> metadata(Path model) {
        return OnnxReader.readUnchanged(model).metadata();
    }

    @Test
    void licenseAndNoticeTravelWithTheFile() {
        Path model = folder.resolve("model.onnx");
        TrainJob.run(
                training("model.onnx", Map.of("backbone", Backbones.PPOCR_DET, "freeze", "conv2d_39*")), Progress.NONE);
        PretrainedWeights weights = PretrainedWeights.read(metadata(model)).orElseThrow();
        assertThat(weights.name()).isEqualTo("ppocr-det");
        assertThat(weights.license()).isEqualTo("Apache-2.0");
        assertThat(weights.notice()).contains("PaddlePaddle Authors").contains("Apache License, Version 2.0");
        assertThat(ModelCard.read(metadata(model)).provenance().parent()).isEqualTo(weights.sha256());

        Model trained = OnnxReader.read(model);
        Model before = Backbones.open(Backbones.PPOCR_DET, null, 1, 32, 32).model();
        assertThat(weight(trained, "conv2d_397.w_0")).isEqualTo(weight(before, "conv2d_397.w_0"));
        assertThat(weight(trained, "conv2d_400.w_0")).isNotEqualTo(weight(before, "conv2d_400.w_0"));

        // What is made of it has them too.
        Path int8 = folder.resolve("model.int8.onnx");
        QuantizeJob.run(QuantizeOptions.of(model, Surfaces.data(), int8), Progress.NONE);
        assertThat(PretrainedWeights.read(metadata(int8))).contains(weights);
        TrainJob.run(training("tuned.onnx", Map.of("from", model)), Progress.NONE);
        assertThat(PretrainedWeights.read(metadata(folder.resolve("tuned.onnx"))))
                .contains(weights);
        TrainJob.run(training("again.onnx", Map.of("backbone", model.toString())), Progress.NONE);
        PretrainedWeights again =
                PretrainedWeights.read(metadata(folder.resolve("again.onnx"))).orElseThrow();
        assertThat(again.name()).isEqualTo("model.onnx on ppocr-det");
        assertThat(again.notice()).isEqualTo(weights.notice());
        assertThat(ShowJob.run(new ShowOptions(int8, false, false), Progress.NONE)
                        .document()
                        .toString())
                .contains("PaddlePaddle Authors");
    }

    private static float[] weight(Model model, String name) {
        return model.graph().find(name).constant().floats();
    }

    @Test
    void aBackboneTakesThePlaceOfANetwork() {
        assertThatThrownBy(() -> training("m.onnx", Map.of("backbone", "ppocr-det", "architecture", "resnet18")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("give one of the two");
        assertThatThrownBy(() -> training("m.onnx", Map.of("backbone-normalization", "imagenet")))
                .hasMessageContaining("no backbone");
        assertThatThrownBy(() ->
                        training("m.onnx", Map.of("backbone", "ppocr-det", "backbone-normalization", "imagenett")))
                .hasMessageContaining("did you mean 'imagenet'");
        assertThatThrownBy(() -> TrainJob.run(
                        training("m.onnx", Map.of("backbone", "ppocr-dett", "cache", folder.resolve("cache"))),
                        Progress.NONE))
                .hasMessageContaining("did you mean 'ppocr-det'");
        assertThat(folder.resolve("cache")).doesNotExist();
    }
}
