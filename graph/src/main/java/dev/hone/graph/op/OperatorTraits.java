package dev.hone.graph.op;

import dev.hone.graph.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The one table of operator facts, read from {@code traits.tsv}: which inputs are weights and where their channels lie,
 * which axes of inputs are which axes of outputs, and what an operator does to its data.
 *
 * @param axes the name of the rule that {@link AxisRules} has for it
 * @param range lowest and highest result where it is known, else null
 * @param inputs the inputs that are weights or settings, in the table's order
 */
public record OperatorTraits(String axes, Set<Fact> facts, double[] range, List<WeightInput> inputs) {
    /** What is true of an operator whatever its attributes. */
    public enum Fact {
        /** An output element depends on the elements of the inputs at its own place only, broadcasting aside. */
        ELEMENTWISE,
        /** The output has the elements of the first input in the same order; only the shape may differ. */
        VIEW,
        /** Each output element is a copy of an input element, or a filler. */
        MOVES,
        /** Reads only as many elements of its first input as it gives. */
        SELECTS,
        /** Gives sizes of its input and does not look at its elements. */
        SIZES,
        /** Has no data: makes a tensor from attributes, shapes or bounds. */
        GENERATES,
        /** May give something else whenever it runs; Dropout in training only. */
        RANDOM,
        /** Step-like: its outputs jump, so that gradients, where there are any, do not tell how far they change. */
        DISCONTINUOUS,
        /** Results within a small range whatever comes in. */
        BOUNDED,
        /** A zero among its inputs makes something infinite, or its slope. */
        SINGULAR,
        /** Adds, with a slope of 1 or -1 by each input. */
        SHIFT,
        /** Multiplies: its first input by a factor, and any of its inputs if it commutes. */
        SCALE,
        /** Sums products of its floating-point input with a kernel, and depends on nothing else but a bias. */
        LINEAR,
        /** {@code f(s x) = s f(x)} for positive s, channel by channel. */
        HOMOGENEOUS,
        /** Makes probabilities, or their logarithms, of logits. */
        LINK,
        /** Two inputs may change places; results stay the same, bit for bit. */
        COMMUTES,
        /** Converts between numbers and quantized numbers. */
        QUANTIZATION,
        /** Carries a state from step to step. */
        STATEFUL,
        /** Every element of the output depends on all elements of the data, such as by their range. */
        WHOLE
    }

    /** What an input is to an operator, if it is no data. */
    public enum Role {
        /** Multiplied by the data and summed over the input channels. */
        KERNEL(true),
        /** A kernel on the left side of a product. */
        LEFT(true),
        /** Multiplied by the state. */
        RECURRENT(true),
        /** Looked up by index. */
        TABLE(true),
        /** Multiplied by each channel or element. */
        SCALE(true),
        /** Added. */
        BIAS(true),
        /** A constant here is learnt only where the other inputs were: a bias, positions, a class token. */
        OPERAND(false),
        /** A running mean or variance. */
        STATISTIC(false),
        /** The scale of quantized numbers. */
        STEP(false),
        /** The zero point of quantized numbers. */
        ZERO(false),
        /** A setting that is given as floating-point numbers. */
        SETTING(false);

        private final boolean learnt;

        Role(boolean learnt) {
            this.learnt = learnt;
        }

        /** Whether constants in this role are weights, whatever else the model does. */
        public boolean isLearnt() {
            return learnt;
        }
    }

    private static final OperatorTraits UNKNOWN = new OperatorTraits(AxisRules.UNWRITTEN, Set.of(), null, List.of());

    private static final Map<String, OperatorTraits> TABLE = load();

    /** The facts of a node's operator; none for an operator that is not in the table. */
    public static OperatorTraits of(Node node) {
        return find(node.domain(), node.op());
    }

    /** @param domain "" for ONNX's own */
    public static OperatorTraits find(String domain, String name) {
        return TABLE.getOrDefault(Operators.key(domain, name), UNKNOWN);
    }

    /** The operators in the table; those outside of ONNX's own domain with it in front. */
    public static Set<String> names() {
        return TABLE.keySet();
    }

    /** Those of ONNX's own domain whose axes follow a rule of {@link AxisRules}. */
    public static Set<String> withAxes(String rule) {
        Set<String> names = new LinkedHashSet<>();
        TABLE.forEach((name, traits) -> {
            if (traits.axes.equals(rule) && name.indexOf('.') < 0) {
                names.add(name);
            }
        });
        return Collections.unmodifiableSet(names);
    }

    public static boolean is(Node node, Fact fact) {
        return of(node).is(fact);
    }

    public boolean is(Fact fact) {
        return facts.contains(fact);
    }

    /** What the input at an index is, or null if it is data or not in the table. */
    public WeightInput input(int index) {
        for (WeightInput input : inputs) {
            if (input.index() == index || input.index() == WeightInput.EVERY) {
                return input;
            }
        }
        return null;
    }

    /** The input in a role, or null. */
    public WeightInput input(Role role) {
        return inputs.stream().filter(i -> i.role() == role).findFirst().orElse(null);
    }

    /** Whether a constant as this input was learnt, in the given role or any. */
    public boolean isLearnt(int index) {
        WeightInput input = input(index);
        return input != null && input.role().isLearnt();
    }

    // ---- reading

    private static Map<String, OperatorTraits> load() {
        Map<String, OperatorTraits> table = new LinkedHashMap<>();
        try (InputStream file = OperatorTraits.class.getResourceAsStream("traits.tsv");
                BufferedReader reader = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    String[] fields = line.split("\t", -1);
                    if (table.put(fields[0], parse(fields)) != null) {
                        throw new IllegalStateException("traits.tsv has " + fields[0] + " twice");
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(table);
    }

    private static OperatorTraits parse(String[] fields) {
        Set<Fact> facts = EnumSet.noneOf(Fact.class);
        double[] range = null;
        for (String word : words(fields, 2)) {
            int equals = word.indexOf('=');
            facts.add(Fact.valueOf((equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT)));
            if (equals >= 0) {
                int dots = word.indexOf("..");
                range = new double[] {
                    Double.parseDouble(word.substring(equals + 1, dots)), Double.parseDouble(word.substring(dots + 2))
                };
            }
        }
        List<WeightInput> inputs = new ArrayList<>();
        for (String word : words(fields, 3)) {
            inputs.add(WeightInput.parse(word));
        }
        return new OperatorTraits(fields[1], Collections.unmodifiableSet(facts), range, List.copyOf(inputs));
    }

    private static String[] words(String[] fields, int index) {
        return fields.length <= index || fields[index].isEmpty() ? new String[0] : fields[index].split(" ");
    }
}
