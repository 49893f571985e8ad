package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static dev.hone.explain.Vectors.explain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A part of the network in a branch, in a function of the model, in a loop: the same attributions, or a refusal. */
class SubgraphModelsTest {
    private static Node activation(Model model) {
        return model.graph().nodes().stream()
                .filter(node -> node.is("Relu"))
                .findFirst()
                .orElseThrow();
    }

    private static void replace(Node node, Node by) {
        Value output = by.addOutput(node.graph().freshName("y"));
        output.setType(node.output().type()).setShape(node.output().shape());
        node.output().replaceBy(output);
        node.graph().remove(node);
        output.graph().sort();
    }

    private static void isTheSame(Model model) {
        Explanation e = explain(model, OPTIONS, CaptumSamples.of("plain"));
        assertClose(e.attribution(), Vectors.of("plain_attribution").floats(), 1e-4);
    }

    /** The condition depends on the input, as that of a scripted {@code if x.sum() > 0}; only one branch is taken. */
    @Test
    void aBranchThatReadsWhatIsAround() {
        isTheSame(withBranches(-1e30f));
    }

    /** The samples between image and baseline take different branches, each its own, whatever lies beside it. */
    @Test
    void everySampleTakesItsOwnBranch() {
        float[] image = Vectors.image();
        float sum = 0;
        for (float x : image) {
            sum += x;
        }
        // The sums of the baselines are up to 16 below that of the image.
        Model model = withBranches(sum - 3);
        Explanation alone = explain(model, OPTIONS.withChunk(1), CaptumSamples.of("plain"));
        Explanation together = explain(model, OPTIONS.withChunk(8), CaptumSamples.of("plain"));
        assertClose(together.attribution(), alone.attribution(), 1e-6);
        Explanation other = explain(withBranches(1e30f), OPTIONS, CaptumSamples.of("plain"));
        assertThat(other.attribution()).isNotEqualTo(alone.attribution());
    }

    private static Model withBranches(float threshold) {
        Model model = Vectors.classifier();
        Graph graph = model.graph();
        Node relu = activation(model);
        Ops o = new Ops(graph);
        Value sum = o.op("ReduceSum", Map.of("keepdims", 0), graph.inputs().get(0));
        Value condition = o.op("Greater", sum, o.constant(threshold));
        Node node = graph.addNode("", "If", List.of(condition));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph branch = new Graph(name);
            node.set(name, branch);
            Ops b = new Ops(branch);
            branch.addOutput(name.equals("then_branch") ? b.op("Relu", relu.input(0)) : b.op("Neg", relu.input(0)));
        }
        replace(relu, node);
        return model;
    }

    @Test
    void aFunctionOfTheModel() {
        Model model = Vectors.classifier();
        Node relu = activation(model);
        Graph body = new Graph("activation");
        Value a = body.addInput("a", null, null);
        body.addOutput(new Ops(body).op("Relu", a));
        Map<String, Long> opsets = new LinkedHashMap<>(Map.of("", Model.OPSET));
        model.functions().add(new Function("own", "activation", "", List.of(), Map.of(), body, opsets, ""));
        model.opsets().put("own", 1L);
        replace(relu, model.graph().addNode("own", "activation", List.of(relu.input(0))));
        isTheSame(model);
    }

    /** If the walker skipped the loop, the map would be zeros, without a word. */
    @Test
    void aLoopThatReadsWhatIsAround() {
        Model model = Vectors.classifier();
        Graph graph = model.graph();
        Node relu = activation(model);
        Ops o = new Ops(graph);
        Value zeros = o.mul(relu.input(0), 0);
        Node loop = graph.addNode(
                "",
                "Loop",
                List.of(o.constant(Tensor.scalar(1L)), o.constant(Tensor.ofBools(new boolean[] {true})), zeros));
        loop.setName("repeat");
        Graph body = new Graph("body");
        loop.set("body", body);
        Ops b = new Ops(body);
        body.addInput("i", ElementType.INT64, Shape.SCALAR);
        Value go = body.addInput("go", ElementType.BOOL, Shape.SCALAR);
        Value state = body.addInput("state", zeros.type(), zeros.shape());
        body.addOutput(b.op("Identity", go));
        body.addOutput(b.add(state, b.op("Relu", relu.input(0))));
        replace(relu, loop);
        isTheSame(model);
    }
}
