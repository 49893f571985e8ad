package dev.hone.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnsembleTest {
    private static Model network(String architecture, long seed, int classes) {
        return Networks.build(NetworkSpec.of(architecture, classes)
                .withInput(1, 32, 32, Normalization.uniform(1, 100 + seed, 50))
                .withMultipliers(0.25, 1)
                .withSeed(seed));
    }

    private static float[] run(Model model, float[] images, String output) {
        int count = images.length / (32 * 32);
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor image = NativeTensor.ofFloats(images, count, 1, 32, 32);
                NativeTensor found = session.run(Map.of("image", image), List.of(output), Map.of())
                        .get(output)) {
            return found.floats();
        }
    }

    @Test
    void itsLogitsAreTheMeanOfItsMembers(@TempDir Path folder) {
        List<Model> members =
                List.of(network("resnet-small", 1, 3), network("resnet-small", 2, 3), network("vit-compact", 3, 3));
        Model ensemble = Ensemble.of(members);
        Path file = folder.resolve("ensemble.onnx");
        OnnxWriter.write(ensemble, file);
        Model read = OnnxReader.read(file);
        assertThat(read.graph().inputs()).extracting(v -> v.name()).containsExactly("image");
        assertThat(read.graph().outputs()).extracting(v -> v.name()).containsExactly("logits", "probabilities");
        for (int count : new int[] {1, 5}) {
            float[] images = new float[count * 32 * 32];
            Random random = new Random(count);
            for (int i = 0; i < images.length; i++) {
                images[i] = random.nextInt(256);
            }
            double[] mean = new double[count * 3];
            for (Model member : members) {
                float[] logits = run(member, images, "logits");
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += logits[i] / 3;
                }
            }
            float[] logits = run(read, images, "logits");
            float[] probabilities = run(read, images, "probabilities");
            for (int row = 0; row < count; row++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    assertThat((double) logits[3 * row + k]).isCloseTo(mean[3 * row + k], Offset.offset(1e-4));
                    sum += Math.exp(mean[3 * row + k]);
                }
                for (int k = 0; k < 3; k++) {
                    assertThat((double) probabilities[3 * row + k])
                            .isCloseTo(Math.exp(mean[3 * row + k]) / sum, Offset.offset(1e-4));
                }
            }
        }
    }

    @Test
    void membersOfOtherClassesAreRefused() {
        assertThatThrownBy(() -> Ensemble.of(List.of(network("resnet-small", 1, 3), network("resnet-small", 2, 4))))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("member 2");
    }
}
