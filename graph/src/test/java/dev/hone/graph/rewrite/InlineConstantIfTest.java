package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import org.junit.jupiter.api.Test;

class InlineConstantIfTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();
    private final Value x = r.batchInput("x", 4);

    private static Graph branch(String name) {
        return new Graph(name);
    }

    private Graph doubled() {
        Graph branch = branch("then");
        branch.addOutput(new Ops(branch).mul(x, 2));
        return branch;
    }

    private Graph negated() {
        Graph branch = branch("else");
        branch.addOutput(new Ops(branch).neg(x));
        return branch;
    }

    /** What an exporter leaves of a branch that is never taken. */
    private Graph unfit() {
        Graph branch = branch("unfit");
        Node product = branch.addNode("MatMul", x, branch.addConstant(Tensor.filled(ElementType.FLOAT, 1, 5, 8)));
        branch.addOutput(product.output().setType(ElementType.FLOAT));
        return branch;
    }

    private Value choose(Value condition, Graph then, Graph otherwise) {
        Node node = r.graph().addNode("", "If", List.of(condition));
        node.set("then_branch", then).set("else_branch", otherwise);
        return node.addOutput("chosen").setType(ElementType.FLOAT).setShape(x.shape());
    }

    private Value constant(boolean value) {
        return ops.constant(Tensor.ofBools(new boolean[] {value}));
    }

    @Test
    void takesTheBranchOfTheCondition() {
        r.output(ops.op("Relu", choose(constant(true), doubled(), negated())));
        r.output(choose(constant(false), doubled(), negated()));
        r.fires(new InlineConstantIf(), 0);
        assertThat(r.operators()).containsExactlyInAnyOrder("Mul", "Relu", "Neg");
    }

    /** The runtime takes the name of a node once in a graph; branches of two Ifs may have the same ones. */
    @Test
    void nodesKeepNamesThatDiffer() {
        Graph first = doubled();
        Graph second = negated();
        first.nodes().iterator().next().setName("inside");
        second.nodes().iterator().next().setName("inside");
        r.output(choose(constant(true), first, negated()));
        r.output(choose(constant(false), doubled(), second));
        r.fires(new InlineConstantIf(), 0);
        assertThat(r.graph().nodes()).extracting(Node::name).containsExactlyInAnyOrder("inside", "inside_1");
    }

    /** A branch that hands a value of the outer graph through, and one with an If inside that reads the branch's values. */
    @Test
    void movesWhatIsInside() {
        Graph outer = branch("outer");
        Value inside = new Ops(outer).mul(x, 3);
        Graph inner = branch("inner");
        inner.addOutput(new Ops(inner).add(inside, x));
        Graph other = branch("other");
        other.addOutput(new Ops(other).op("Relu", inside));
        Value total = ops.op("Greater", ops.op("ReduceSum", x), ops.constant(0f));
        Node node = outer.addNode("", "If", List.of(ops.reshape(total, 1)));
        node.set("then_branch", inner).set("else_branch", other);
        outer.addOutput(node.addOutput("o").setType(ElementType.FLOAT).setShape(x.shape()));
        r.output(choose(constant(true), outer, negated()));

        Graph through = branch("through");
        through.addOutput(new Ops(through).op("Identity", x));
        r.output(choose(constant(true), through, negated()));
        r.fires(new InlineConstantIf(), 0);
        assertThat(r.graph().nodes()).filteredOn(n -> n.op().equals("If")).hasSize(1);
    }

    @Test
    void aBranchThatDoesNotFitIsOpaque() {
        r.output(ops.op("Relu", choose(constant(true), doubled(), unfit())));
        Value open = r.graph().addInput("open", ElementType.BOOL, Shape.SCALAR);
        r.output(ops.op("Relu", choose(open, unfit(), negated())));
        Passes.inference().run(new Model(r.graph()));
        assertThat(r.operators()).containsExactlyInAnyOrder("Mul", "Relu", "If", "Relu");
        assertThat(r.graph().outputs().get(0).shape()).isEqualTo(x.shape());
        assertThat(r.graph().outputs().get(1).type()).isEqualTo(ElementType.FLOAT);
    }

    @Test
    void declinesAnOpenCondition() {
        Value open = r.graph().addInput("open", ElementType.BOOL, Shape.SCALAR);
        r.output(choose(open, doubled(), negated()));
        r.declines(new InlineConstantIf(), "not constant");
    }
}
