package dev.hone.jobs.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads YAML and remembers where everything stood. */
final class YamlReader {
    /** A recipe is written by hand; anything larger is another file by mistake. */
    private static final long MOST_BYTES = 1 << 20;

    private static final int MOST_DEPTH = 20;

    private final Path file;
    private final YAMLParser parser;

    private YamlReader(Path file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** @throws HoneException if the file cannot be read, is empty, or is no YAML */
    static YamlNode read(Path file) {
        try {
            if (Files.size(RegularFile.of(file)) > MOST_BYTES) {
                throw new HoneException(file + " has " + Files.size(file) + " bytes; it is not a recipe");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            try (YAMLParser parser = new YAMLFactory().createParser(text)) {
                return new YamlReader(file, parser).document();
            }
        } catch (CharacterCodingException e) {
            throw new HoneException(file + " is not text in UTF-8; a recipe is a YAML file", e);
        } catch (NoSuchFileException e) {
            throw new HoneException(file + ": " + FileErrors.MISSING, e);
        } catch (IOException e) {
            throw new HoneException("cannot read " + file + ": " + FileErrors.reason(e), e);
        }
    }

    private YamlNode document() throws IOException {
        try {
            if (parser.nextToken() == null) {
                throw new Place(file, 1, 1)
                        .failure("the file is empty; begin it with 'version: " + Recipe.VERSION + "'");
            }
            YamlNode root = node(0);
            if (parser.nextToken() != null) {
                throw place().failure("a second document begins here; a recipe is one document");
            }
            return root;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            Place place = at == null ? new Place(file, 1, 1) : place(at);
            throw place.failure("not YAML: " + reason(e), e);
        }
    }

    /** The problem without the excerpt of the file that the parser adds. */
    private static String reason(JsonProcessingException e) {
        String[] lines = e.getOriginalMessage().strip().split("\\R");
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            String stripped = line.strip();
            if (!stripped.isEmpty()
                    && !stripped.startsWith("in '")
                    && !stripped.startsWith("^")
                    && !line.startsWith("    ")) {
                text.append(text.isEmpty() ? "" : "; ").append(stripped);
            }
        }
        return text.toString();
    }

    private Place place() {
        return place(parser.currentTokenLocation());
    }

    private Place place(JsonLocation at) {
        return new Place(file, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
    }

    private YamlNode node(int depth) throws IOException {
        Place place = place();
        if (depth > MOST_DEPTH) {
            throw place.failure("nested more than " + MOST_DEPTH + " deep");
        }
        if (parser.isCurrentAlias()) {
            throw place.failure("aliases are not supported; write the value again");
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(depth + 1));
            }
            return new YamlNode.Sequence(place, items);
        }
        if (token != JsonToken.START_OBJECT) {
            return new YamlNode.Scalar(place, token == JsonToken.VALUE_NULL ? null : parser.getText());
        }
        Map<String, YamlNode> values = new LinkedHashMap<>();
        Map<String, Place> keys = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Place at = place();
            if (keys.containsKey(key)) {
                throw at.failure("'" + key + "' stands here for the second time, first in line "
                        + keys.get(key).line() + "; remove one");
            }
            keys.put(key, at);
            parser.nextToken();
            values.put(key, node(depth + 1));
        }
        return new YamlNode.Mapping(place, values, keys);
    }
}
