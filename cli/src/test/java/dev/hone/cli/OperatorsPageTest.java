package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.autodiff.Gradients;
import dev.hone.graph.Model;
import dev.hone.graph.op.CostRules;
import dev.hone.graph.op.Operator;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Role;
import dev.hone.graph.op.Operators;
import dev.hone.graph.op.ShapeRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of operators in the documentation is made of the tables; the page itself says how to write it anew. */
class OperatorsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "operators.md");

    private static final String HEAD = """
        # Operators

        Made from the tables; do not edit. After a change of a table write it anew:

        ```
        mvn -Dquick -pl cli -am test -Dtest=OperatorsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dhone.docs.write=true
        ```

        %d operators of ONNX are known, as of opset %d or, where they came later, of the opset that brought them, and %d of
        ONNX Runtime's domain `com.microsoft`. A model may hold others: they are read, kept and written, nothing is said
        about their outputs.

        - **since**: the version of the opset that last changed the operator.
        - **shapes**: types and shapes of its outputs are inferred, and the bytes it reads and writes are counted.
        - **MACs**: its multiply-accumulate operations are counted; the others only move bytes or work element by element.
        - **gradient**: *yes*; *zero* where it passes no gradient on to its inputs (rounding, comparing, choosing an index,
          looking at a shape); *none* where the table says why there is none, see below; empty where there is no rule.
          Differentiating through the last two fails with the node's name and the reason.
        - **weights**: inputs that are weights, by index. Brackets name their axes: `o` output channels, `i` input channels,
          `*` others; `^transB`: the two change places where that attribute is set. An *operand* is a weight where the
          data was learned before: a bias, positions, a class token. `*=` is every input.
        - **axes**: the rule by which axes of inputs become axes of outputs; `-` where none does, `?` where no rule is
          written yet.
        - **facts**: *linear* (sums of products with a kernel), *elementwise*, *view* (the same elements in the same
          order), *moves* (copies of elements, or a filler), *selects* (reads what it gives only), *sizes* (looks at the
          shape), *generates* (has no data), *random*, *discontinuous*, *bounded*, *singular* (at zero), *shift*, *scale*,
          *homogeneous*, *link* (logits to probabilities), *commutes*, *quantization*, *stateful*.
        """;

    @Test
    void pageIsMadeOfTheTables() throws IOException {
        String page = page();
        if (System.getProperty("hone.docs.write") != null) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).content(StandardCharsets.UTF_8).isEqualTo(page);
    }

    private static String page() {
        Map<String, String> gradients = Gradients.names();
        Map<String, Operator> own = sorted(true);
        Map<String, Operator> others = sorted(false);
        StringBuilder page = new StringBuilder(HEAD.formatted(own.size(), Model.OPSET, others.size()));
        page.append("\n"
                + "## ONNX\n\n"
                + "| operator | since | shapes | MACs | gradient | weights | axes | facts |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        own.forEach((name, operator) -> page.append(row(name, operator, kind(gradients.get(name)))));
        page.append("\n### Why some have no gradient\n\n");
        reasons(gradients).forEach((reason, names) -> page.append("- `")
                .append(String.join("`, `", names))
                .append("`:\n  ")
                .append(reason)
                .append(".\n"));
        page.append("\n## ONNX Runtime\n\n");
        page.append("| operator | since | shapes | MACs | gradient | weights | axes | facts |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        others.forEach((name, operator) -> page.append(row(name, operator, kind(gradients.get(name)))));
        return page.toString();
    }

    private static Map<String, Operator> sorted(boolean own) {
        Map<String, Operator> sorted = new TreeMap<>();
        Operators.all().stream()
                .filter(operator -> operator.domain().isEmpty() == own)
                .forEach(operator -> sorted.put(operator.key(), operator));
        return sorted;
    }

    private static String row(String name, Operator operator, String gradient) {
        String row = "| `" + name + "` | " + operator.since() + " | "
                + yes(ShapeRules.names().contains(name)) + " | "
                + yes(CostRules.multiplying().contains(name)) + " |";
        return row + " " + gradient + " |" + traits(operator) + "\n";
    }

    private static String traits(Operator operator) {
        OperatorTraits traits = OperatorTraits.find(operator.domain(), operator.name());
        String weights = traits.inputs().stream()
                .filter(input -> input.role().isLearnt() || input.role() == Role.OPERAND)
                .map(input -> "`" + input + "`")
                .collect(Collectors.joining(" "));
        String facts = traits.facts().stream()
                .map(fact -> fact.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
        return " " + weights + " | " + traits.axes() + " | " + facts + " |";
    }

    private static String yes(boolean is) {
        return is ? "yes" : "";
    }

    private static String kind(String gradient) {
        return gradient == null ? "" : gradient.replaceFirst(":.*", "");
    }

    /** Reason to the operators that have it. */
    private static Map<String, List<String>> reasons(Map<String, String> gradients) {
        Map<String, List<String>> reasons = new TreeMap<>();
        gradients.forEach((name, gradient) -> {
            if (gradient.startsWith("none: ")) {
                reasons.computeIfAbsent(gradient.substring("none: ".length()), r -> new ArrayList<>())
                        .add(name);
            }
        });
        return reasons;
    }
}
