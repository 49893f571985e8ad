package dev.hone.graph.op;

import dev.hone.core.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The signature of an operator: what it takes, gives and is told by attributes.
 *
 * @param domain "" for ONNX's own
 * @param since the version of the opset that last changed it
 * @param variables type variables to the types they may stand for, spelt as ONNX does ({@code float},
 *     {@code seq(tensor(float))})
 */
public record Operator(
        String domain,
        String name,
        int since,
        List<Parameter> inputs,
        List<Parameter> outputs,
        Map<String, AttributeSignature> attributes,
        Map<String, Set<String>> variables) {

    /** How often a parameter occurs; the last two are for the last parameter only. */
    public enum Occurrence {
        ONE,
        OPTIONAL,
        ONE_OR_MORE,
        ANY_NUMBER
    }

    /**
     * An input or an output.
     *
     * @param type a type variable, or a type
     * @param mixed whether the values of a variadic parameter may differ in type
     */
    public record Parameter(String name, Occurrence occurrence, String type, boolean mixed) {
        boolean isVariadic() {
            return occurrence == Occurrence.ONE_OR_MORE || occurrence == Occurrence.ANY_NUMBER;
        }
    }

    /**
     * An attribute.
     *
     * @param kind {@code int}, {@code float}, {@code string}, {@code tensor}, {@code graph}, {@code type}, {@code sparse},
     *     or a list of these with an s: {@code ints}
     * @param defaultValue as text, lists with commas; null if there is none
     */
    public record AttributeSignature(String name, String kind, boolean required, String defaultValue) {}

    /** How tables name it: {@code Conv}, {@code com.microsoft.FusedConv}. */
    public String key() {
        return Operators.key(domain, name);
    }

    /** The fewest inputs a node can have. */
    public int minInputs() {
        return fewest(inputs);
    }

    /** The most inputs a node can have; {@link Integer#MAX_VALUE} if there is no limit. */
    public int maxInputs() {
        return most(inputs);
    }

    public int minOutputs() {
        return fewest(outputs);
    }

    public int maxOutputs() {
        return most(outputs);
    }

    /** The parameter that the input at an index belongs to, or null if there are not so many. */
    public Parameter input(int index) {
        return at(inputs, index);
    }

    public Parameter output(int index) {
        return at(outputs, index);
    }

    /** The types a parameter may have. */
    public Set<String> allowed(Parameter parameter) {
        return variables.getOrDefault(parameter.type, Set.of(parameter.type));
    }

    /** Whether a parameter can be a tensor of this type. */
    public boolean allows(Parameter parameter, ElementType type) {
        return allowed(parameter).contains(type.toString());
    }

    /**
     * Whether it puts tensors into sequences, optionals or maps, or takes them out. How the element types of its inputs and
     * outputs depend on each other, its type variables then do not say.
     */
    public boolean packs() {
        List<Parameter> all = Stream.concat(inputs.stream(), outputs.stream()).toList();
        return all.stream().map(Parameter::type).distinct().count() > 1
                && all.stream().flatMap(p -> allowed(p).stream()).anyMatch(type -> type.contains("("));
    }

    /** Whether the output at an index can be a tensor. */
    public boolean givesTensor(int output) {
        Parameter parameter = output(output);
        return parameter == null || allowed(parameter).stream().anyMatch(type -> !type.contains("("));
    }

    private static int fewest(List<Parameter> parameters) {
        int count = 0;
        for (int i = 0; i < parameters.size(); i++) {
            Occurrence occurrence = parameters.get(i).occurrence;
            if (occurrence == Occurrence.ONE || occurrence == Occurrence.ONE_OR_MORE) {
                count = i + 1;
            }
        }
        return count;
    }

    private static int most(List<Parameter> parameters) {
        boolean open =
                !parameters.isEmpty() && parameters.get(parameters.size() - 1).isVariadic();
        return open ? Integer.MAX_VALUE : parameters.size();
    }

    private static Parameter at(List<Parameter> parameters, int index) {
        if (index < parameters.size()) {
            return parameters.get(index);
        }
        return most(parameters) == Integer.MAX_VALUE ? parameters.get(parameters.size() - 1) : null;
    }
}
