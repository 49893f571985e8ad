package dev.hone.graph.op;

import dev.hone.graph.Node;
import dev.hone.graph.op.Operator.AttributeSignature;
import dev.hone.graph.op.Operator.Occurrence;
import dev.hone.graph.op.Operator.Parameter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of operators: all of ONNX's own domain at {@link dev.hone.graph.Model#OPSET}, those that later opsets added, and
 * those of ONNX Runtime's domain {@code com.microsoft} that optimized and quantized files contain. Read from {@code operators.tsv}.
 */
public final class Operators {
    private static final Map<String, Operator> TABLE = load();

    private Operators() {}

    /** The operator of a node, or null if it is not known. */
    public static Operator of(Node node) {
        return find(node.domain(), node.op());
    }

    /** An operator by domain ("" for ONNX's own) and name, or null. */
    public static Operator find(String domain, String name) {
        return TABLE.get(key(domain, name));
    }

    public static Collection<Operator> all() {
        return TABLE.values();
    }

    /** How tables name an operator: {@code Conv}, {@code com.microsoft.FusedConv}. */
    static String key(String domain, String name) {
        return domain.isEmpty() ? name : domain + "." + name;
    }

    private static Map<String, Operator> load() {
        Map<String, Operator> table = new LinkedHashMap<>();
        Map<String, Set<String>> sets = new LinkedHashMap<>();
        try (InputStream file = Operators.class.getResourceAsStream("operators.tsv");
                BufferedReader reader = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("@")) {
                    String[] nameAndTypes = line.split(" ");
                    sets.put(nameAndTypes[0], types(nameAndTypes[1]));
                } else if (!line.startsWith("#")) {
                    Operator operator = parse(line.split("\t", -1), sets);
                    table.put(operator.key(), operator);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(table);
    }

    private static Operator parse(String[] field, Map<String, Set<String>> sets) {
        Map<String, Set<String>> variables = new LinkedHashMap<>();
        for (String text : split(field[6], " ")) {
            int colon = text.indexOf(':');
            String allowed = text.substring(colon + 1);
            variables.put(text.substring(0, colon), allowed.startsWith("@") ? sets.get(allowed) : types(allowed));
        }
        Map<String, AttributeSignature> attributes = new LinkedHashMap<>();
        for (String text : split(field[5], "\\|")) {
            AttributeSignature attribute = attribute(text);
            attributes.put(attribute.name(), attribute);
        }
        return new Operator(
                field[0],
                field[1],
                Integer.parseInt(field[2]),
                parameters(field[3]),
                parameters(field[4]),
                Collections.unmodifiableMap(attributes),
                Collections.unmodifiableMap(variables));
    }

    private static List<Parameter> parameters(String field) {
        List<Parameter> parameters = new ArrayList<>();
        for (String text : split(field, " ")) {
            int colon = text.indexOf(':');
            String name = text.substring(0, colon);
            Occurrence occurrence =
                    switch (name.charAt(name.length() - 1)) {
                        case '?' -> Occurrence.OPTIONAL;
                        case '+' -> Occurrence.ONE_OR_MORE;
                        case '*' -> Occurrence.ANY_NUMBER;
                        default -> Occurrence.ONE;
                    };
            boolean mixed = text.endsWith("~");
            parameters.add(new Parameter(
                    occurrence == Occurrence.ONE ? name : name.substring(0, name.length() - 1),
                    occurrence,
                    text.substring(colon + 1, text.length() - (mixed ? 1 : 0)),
                    mixed));
        }
        return List.copyOf(parameters);
    }

    private static AttributeSignature attribute(String text) {
        int colon = text.indexOf(':');
        int equals = text.indexOf('=');
        boolean required = equals < 0 && text.endsWith("!");
        int end = equals >= 0 ? equals : text.length() - (required ? 1 : 0);
        return new AttributeSignature(
                text.substring(0, colon),
                text.substring(colon + 1, end),
                required,
                equals < 0 ? null : text.substring(equals + 1));
    }

    private static Set<String> types(String commaSeparated) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(commaSeparated.split(","))));
    }

    private static String[] split(String field, String separator) {
        return field.isEmpty() ? new String[0] : field.split(separator);
    }
}
