package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Breaks what fuses, one way at a time, and expects the audit to say so. */
class AuditTest {
    private static Model quantized(String pattern) {
        try (NativeTensor images = TestNets.images(4, 1)) {
            return Quantizer.quantize(
                            TestNets.of(pattern),
                            CalibrationData.of(List.of(images)),
                            QuantizerOptions.defaults(),
                            Progress.NONE)
                    .model();
        }
    }

    private static Audit audit(Model model) {
        return Audit.of(OnnxWriter.toBytes(model), SessionOptions.defaults());
    }

    /** A convolution, behind the first, whose output goes straight into an operator. */
    private static Node convBefore(Model model, String operator) {
        return model.graph().nodes().stream()
                .filter(n -> n.is("Conv"))
                .skip(1)
                .filter(n -> n.output().uses().stream().allMatch(u -> u.node().is(operator)))
                .findFirst()
                .orElseThrow();
    }

    private static Node onlyReader(Value value) {
        return value.uses().iterator().next().node();
    }

    @Test
    void nothingIsLeftOfAnUnbrokenModel() {
        Audit audit = audit(quantized("residual"));
        assertThat(audit.left()).isEmpty();
        assertThat(audit.operators()).containsEntry("QLinearConv", 4).containsEntry("QLinearAdd", 1);
        assertThat(audit.summary()).isEqualTo("7 nodes run in INT8; products and conversions left in FP32: 0");
    }

    @Test
    void namesAConvolutionThatIsAlsoReadInFloat() {
        Model model = quantized("residual");
        Node conv = convBefore(model, "QuantizeLinear");
        model.graph().addOutput(new Ops(model.graph()).op("Tanh", conv.output()));
        assertThat(audit(model).left()).anySatisfy(finding -> assertThat(finding.toString())
                .contains("'" + conv.name() + "'")
                .contains("also read in FP32 by Tanh"));
    }

    @Test
    void namesAnActivationThatTheZeroPointKeeps() {
        Model model = quantized("residual");
        Node conv = convBefore(model, "Relu");
        Node quantize = onlyReader(onlyReader(conv.output()).output());
        quantize.setInput(2, model.graph().addConstant(Tensor.ofBytes(ElementType.UINT8, new byte[] {7})));
        assertThat(audit(model).left()).anySatisfy(finding -> assertThat(finding.toString())
                .contains("'" + conv.name() + "'")
                .contains("have zero point 7, not 0"));
    }

    @Test
    void namesAClipThatBytesReachBeyond() {
        Model model = quantized("inverted residual");
        Node conv = convBefore(model, "Clip");
        Node quantize = onlyReader(onlyReader(conv.output()).output());
        quantize.setInput(1, model.graph().addConstant(Tensor.scalar(0.1f)));
        assertThat(audit(model).left()).anySatisfy(finding -> assertThat(finding.toString())
                .contains("'" + conv.name() + "'")
                .contains("reach 25.5, which it bounds at 6.0"));
    }

    @Test
    void findsEverythingInFloatWithoutTheRuntimesFusions() {
        byte[] bytes = OnnxWriter.toBytes(quantized("residual"));
        Audit audit = Audit.of(bytes, SessionOptions.defaults().withOptimization(SessionOptions.Optimization.BASIC));
        assertThat(audit.int8Nodes()).isZero();
        assertThat(audit.left()).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void findsConversionsInTheMiddle() {
        Model model = quantized("residual");
        Node conv = convBefore(model, "Relu");
        Node relu = onlyReader(conv.output());
        relu.setOp("", "Tanh");
        List<Audit.Finding> left = audit(model).left();
        assertThat(left)
                .anySatisfy(f -> assertThat(f.toString()).contains("no QuantizeLinear stands between it and Tanh"));
        assertThat(left).anySatisfy(f -> assertThat(f.toString()).contains("dequantizes for"));
        assertThat(left).anySatisfy(f -> assertThat(f.toString()).contains("quantizes what "));
    }

    /** Every level of such a network has two ways forward: a search that walks them all would never end. */
    @Test
    @Timeout(120)
    void networksOfManyResidualsAreSearchedOnce() {
        Model model = TestNets.of((net, x) -> {
            Value value = net.conv(x, 16, 3, 1);
            for (int i = 0; i < 60; i++) {
                value = net.ops.op("Max", value, net.ops.op("Sin", value));
            }
            return value;
        });
        try (NativeTensor images = TestNets.images(4, 1)) {
            Audit audit = audit(Quantizer.quantize(
                            model, CalibrationData.of(List.of(images)), QuantizerOptions.defaults(), Progress.NONE)
                    .model());
            assertThat(audit.operators()).containsEntry("QLinearConv", 2).containsEntry("Sin", 60);
        }
    }
}
