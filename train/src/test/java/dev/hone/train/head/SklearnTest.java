package dev.hone.train.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads and components against those of scikit-learn on the same samples, see {@code make.py}. */
class SklearnTest {
    private static JsonNode document() {
        try (InputStream in = SklearnTest.class.getResourceAsStream("sklearn.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HeadSamples samples(JsonNode of) {
        int width = of.get("x").get(0).size();
        int[] labels = new int[of.get("y").size()];
        float[] values = new float[labels.length * width];
        int classes = 0;
        for (int i = 0; i < labels.length; i++) {
            labels[i] = of.get("y").get(i).asInt();
            classes = Math.max(classes, labels[i] + 1);
            for (int j = 0; j < width; j++) {
                values[i * width + j] = (float) of.get("x").get(i).get(j).asDouble();
            }
        }
        return new HeadSamples(values, width, labels, classes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "two"})
    void logisticRegressionHasItsProbabilities(String name) {
        JsonNode of = document().get(name);
        HeadSamples samples = samples(of);
        JsonNode expected = of.get("logistic");
        LinearHead head = LogisticRegression.fit(
                samples, samples.classWeights(1), expected.get("c").asDouble(), null, 1e-9);
        for (int i = 0; i < samples.size(); i++) {
            float[] found = HeadSearch.probabilities(head.logits(samples.values(), i * samples.width()), 1);
            for (int k = 0; k < found.length; k++) {
                assertThat(found[k])
                        .as("sample %d, class %d", i, k)
                        .isEqualTo(
                                (float) expected.get("probabilities")
                                        .get(i)
                                        .get(k)
                                        .asDouble(),
                                within(1e-5f));
            }
        }
    }

    /** LIBSVM's decision values, as it solves to 1e-6 of what Hone solves to 1e-3. */
    @ParameterizedTest
    @ValueSource(strings = {"three", "two"})
    void supportVectorMachinesHaveItsDecisions(String name) {
        JsonNode of = document().get(name);
        HeadSamples samples = samples(of);
        JsonNode expected = of.get("svm");
        double gamma = expected.get("gamma").asDouble();
        float[] kernel = new float[samples.size() * samples.size()];
        for (int i = 0; i < samples.size(); i++) {
            for (int j = 0; j < samples.size(); j++) {
                int width = samples.width();
                kernel[i * samples.size() + j] = (float) Math.exp(
                        -gamma * KernelHead.distance(samples.values(), i * width, samples.values(), j * width, width));
            }
        }
        KernelHead head =
                KernelFamily.fit(samples, kernel, gamma, expected.get("c").asDouble());
        for (int i = 0; i < samples.size(); i++) {
            double[] found = head.logits(samples.values(), i * samples.width());
            JsonNode row = expected.get("decision").get(i);
            for (int k = 0; k < found.length; k++) {
                // Of two classes there is one machine, that of the second.
                double value = row.isArray() ? row.get(k).asDouble() : (k == 1 ? 1 : -1) * row.asDouble();
                assertThat(found[k]).as("sample %d, class %d", i, k).isEqualTo(value, within(3e-3));
            }
        }
    }

    @Test
    void principalComponentsAreIts() {
        JsonNode document = document();
        HeadSamples samples = samples(document.get("three"));
        int width = samples.width();
        int n = samples.size();
        float[] centred = samples.values().clone();
        for (int j = 0; j < width; j++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += centred[i * width + j];
            }
            for (int i = 0; i < n; i++) {
                centred[i * width + j] -= (float) (sum / n);
            }
        }
        float[] found = PrincipalComponents.of(centred, width, 3, SessionOptions.defaults());
        assertThat(found).hasSize(3 * width);
        for (int c = 0; c < 3; c++) {
            double dot = 0;
            for (int j = 0; j < width; j++) {
                dot += found[c * width + j]
                        * document.get("pca").get("components").get(c).get(j).asDouble();
            }
            assertThat(Math.abs(dot)).as("component %d, up to its sign", c).isEqualTo(1, within(1e-5));
        }
    }
}
