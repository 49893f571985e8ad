package dev.hone.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.hone.core.HoneException;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of texts as one value of a model's metadata: a JSON array, so that a text may hold anything, line breaks included.
 * Files of earlier versions have a line per text, which is still read.
 */
final class TextList {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TextList() {}

    static String write(List<String> texts) {
        ArrayNode array = MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array.toString();
    }

    /**
     * @param key what the value is called
     * @throws HoneException if it begins as a JSON array and is none of texts
     */
    static List<String> read(String key, String value) {
        if (value.isEmpty()) {
            return List.of();
        }
        if (!value.startsWith("[") || value.indexOf('\n') >= 0) {
            return List.of(value.split("\n", -1));
        }
        List<String> texts = new ArrayList<>();
        try {
            for (JsonNode text : MAPPER.readTree(value)) {
                if (!text.isTextual()) {
                    throw new HoneException(
                            "the model's metadata '" + key + "' has " + text + " where a text is expected");
                }
                texts.add(text.textValue());
            }
        } catch (JsonProcessingException e) {
            throw new HoneException("the model's metadata '" + key + "' is no JSON array of texts", e);
        }
        return List.copyOf(texts);
    }
}
