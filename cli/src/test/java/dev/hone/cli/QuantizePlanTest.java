package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.int8;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.compress.plan.Border;
import dev.hone.compress.plan.Choice;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.Cpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizePlanTest {
    private static final Choice FP32 = new Choice("FP32", Border.FLOAT, Border.FLOAT, 2, false, false);
    private static final Choice INT8 = new Choice("INT8", Border.FLOAT, Border.BYTES, 0.5, true, true);
    private static final PlanReport REPORT = new PlanReport(
            List.of(new PlanReport.Region(
                    "first .. <last>&more", List.of(FP32, INT8), INT8, 2, 0.5, "because it is faster")),
            0.5,
            List.of(
                    new PlanReport.Whole("FP32", 2.25),
                    new PlanReport.Whole("all in INT8", 0.75),
                    new PlanReport.Whole("the plan", 0.625)),
            2,
            "the plan: 0.28 times the latency of FP32");

    @TempDir
    Path folder;

    @Test
    void aMeasuredPlanSaysWhatEachRegionCosts() throws IOException {
        Path page = folder.resolve("plan.html");
        Path out = folder.resolve("planned.onnx");
        Run run =
                hone("quantize", model(), "--calibrate", data(), "-o", out, "--images", 8, "--json", "--report", page);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode plan = new ObjectMapper().readTree(run.out()).get("plan");
        assertThat(plan.get("milliseconds").get("FP32").asDouble()).isPositive();
        assertThat(plan.get("regions")).isNotEmpty();
        for (JsonNode region : plan.get("regions")) {
            assertThat(region.get("fp32").asDouble()).isPositive();
            assertThat(region.get("choices")).isNotEmpty();
            assertThat(region.get("why").asText()).isNotEmpty();
        }
        assertThat(Files.readString(page))
                .contains("<svg", plan.get("summary").asText().substring(1));
        assertThat(OnnxReader.read(out).metadata()).containsKey(Quantizer.METADATA_KEY);
    }

    @Test
    void theTableNamesWhatWasTaken() {
        assertThat(PlanText.table(REPORT)).contains("2.000", "0.500", "INT8", "the plan", "taken", "0.28 times");
    }

    @Test
    void badOptionsGetOneLine() {
        Path out = folder.resolve("out.onnx");
        assertThat(hone("quantize", model(), "--calibrate", data(), "-o", out, "--weight-bits", 6)
                        .complaint())
                .contains("--weight-bits: 6", "from 7 to 8");
        assertThat(hone(
                                "quantize",
                                model(),
                                "--calibrate",
                                data(),
                                "-o",
                                out,
                                "--plan",
                                "all",
                                "--report",
                                folder.resolve("page.html"))
                        .complaint())
                .contains("--report", "plan measured");
        assertThat(out).doesNotExist();
    }

    /** A trained model is judged by the same metric; nothing of it returns to float. */
    @ParameterizedTest
    @CsvSource({"f1, 100, true", "snr, 0, false"})
    void aTrainedModelIsJudged(String metric, double most, boolean holds) throws IOException {
        Run run = hone(
                (Object[]) ("quantize " + model() + " --calibrate " + data() + " -o " + folder.resolve("trained.onnx")
                                + " --images 8 --plan all --method qat --epochs 1 --batch 4 --json --metric " + metric
                                + " --max-drop " + most)
                        .split(" "));
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("training").get("epochs").asInt()).isEqualTo(1);
        JsonNode accuracy = document.get("accuracy");
        assertThat(accuracy.get("met").asBoolean()).isEqualTo(holds);
        assertThat(accuracy.get("fallback")).isEmpty();
        assertThat(accuracy.get("original").asDouble() - accuracy.get("points").asDouble() <= most)
                .isEqualTo(holds);
    }

    @Test
    void sevenBitsGoIntoTheMetadata() {
        Path out = folder.resolve("seven.onnx");
        Run run = hone(
                "quantize",
                model(),
                "--calibrate",
                data(),
                "-o",
                out,
                "--images",
                8,
                "--plan",
                "all",
                "--weight-bits",
                7);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(OnnxReader.read(out).metadata().get(Quantizer.METADATA_KEY)).contains("in 7 bits");
    }

    @Test
    void benchWarnsWhereAModelWasMadeForOtherInstructions() {
        assertThat(hone("bench", int8(), "--seconds", 0.1).err()).doesNotContain("was quantized for");
        Model foreign = OnnxReader.read(int8());
        foreign.metadata()
                .put(Quantizer.INSTRUCTIONS_KEY, new Cpu("Some Board", Cpu.Instructions.DOT_PRODUCT).describe());
        Path elsewhere = folder.resolve("elsewhere.onnx");
        OnnxWriter.write(foreign, elsewhere);
        Run run = hone("bench", int8(), "--against", elsewhere, "--seconds", 0.1);
        assertThat(run.exit()).isZero();
        assertThat(run.err().lines().filter(l -> l.contains("was quantized for")))
                .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .contains("elsewhere.onnx", "DotProd", "Some Board");
    }
}
