package dev.hone.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.core.HoneException;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a table as they stand in a model's metadata, whatever texts they hold:
 *
 * <pre>{@code
 * {"target": "default", "classes": ["no", "yes"],
 *  "columns": [{"name": "age"}, {"name": "housing", "levels": ["own", "rent"]}]}
 * }</pre>
 *
 * A column with levels is a category, the others are numbers.
 */
final class TableJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TableJson() {}

    static String write(TableSchema schema) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("target", schema.target());
        schema.classes().forEach(root.putArray("classes")::add);
        ArrayNode columns = root.putArray("columns");
        for (Column column : schema.columns()) {
            ObjectNode node = columns.addObject().put("name", column.name());
            if (!column.isNumber()) {
                column.levels().forEach(node.putArray("levels")::add);
            }
        }
        return root.toString();
    }

    /** @throws HoneException if the text is damaged */
    static TableSchema read(String text) {
        try {
            JsonNode root = MAPPER.readTree(text);
            List<Column> columns = new ArrayList<>();
            for (JsonNode node : array(root, "columns")) {
                columns.add(
                        node.has("levels")
                                ? Column.category(text(node, "name"), texts(node, "levels"))
                                : Column.number(text(node, "name")));
            }
            return new TableSchema(columns, text(root, "target"), texts(root, "classes"));
        } catch (JsonProcessingException e) {
            throw new HoneException("the model's metadata 'hone.table' is not JSON, " + e.getOriginalMessage(), e);
        }
    }

    private static String text(JsonNode node, String key) {
        JsonNode value = node.get(key);
        if (value == null || !value.isTextual()) {
            throw new HoneException(
                    "the model's metadata 'hone.table' has no text '" + key + "' where one is expected");
        }
        return value.textValue();
    }

    private static JsonNode array(JsonNode node, String key) {
        JsonNode value = node.get(key);
        if (value == null || !value.isArray()) {
            throw new HoneException(
                    "the model's metadata 'hone.table' has no list '" + key + "' where one is expected");
        }
        return value;
    }

    private static List<String> texts(JsonNode node, String key) {
        List<String> texts = new ArrayList<>();
        array(node, key).forEach(value -> texts.add(value.asText()));
        return texts;
    }
}
