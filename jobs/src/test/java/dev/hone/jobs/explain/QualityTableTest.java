package dev.hone.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.jobs.Json;
import org.junit.jupiter.api.Test;

class QualityTableTest {
    @Test
    void agreementIsOfEachTwoMethods() throws Exception {
        QualityTable table = new QualityTable();
        String[] methods = {"a", "b", "c"};
        double[][] values = {{0.5, 0.25, -0.5}, {0.7, 0.75, -0.1}};
        for (double[] image : values) {
            for (int i = 0; i < 3; i++) {
                table.add(methods[i], QualityMetric.SPARSITY, "x", 0.5);
                for (int j = 0; j < 3; j++) {
                    if (i != j) {
                        table.addAgreement(methods[i], methods[j], image[i + j - 1]);
                    }
                }
            }
        }
        table.addAgreement("a", "b", Double.NaN);
        JsonNode agreement =
                new ObjectMapper().readTree(Json.line(table.document())).get("agreement");
        assertThat(agreement.get("a").has("a")).isFalse();
        assertThat(agreement.get("a").get("c").get("mean").asDouble()).isEqualTo(0.5);
        assertThat(agreement.get("c").get("a")).isEqualTo(agreement.get("a").get("c"));
        // The deviation of -0.5 and -0.1, over n - 1.
        assertThat(agreement.get("b").get("c").get("mean").asDouble()).isEqualTo(-0.3);
        assertThat(agreement.get("b").get("c").get("deviation").asDouble()).isEqualTo(0.282843);
        assertThat(agreement.get("a").get("b").get("images").asInt()).isEqualTo(2);
        assertThat(table.agreement("a", "a")).isNull();
        assertThat(table.agreement("a", "b").mean()).isEqualTo(0.6, within(1e-12));
    }
}
