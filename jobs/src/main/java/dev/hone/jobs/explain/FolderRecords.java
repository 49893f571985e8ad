package dev.hone.jobs.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.Options;
import dev.hone.jobs.Json;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.input.FoundFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The explanations of folders: for each image a picture and a record, {@code part-0017.png} and {@code part-0017.json}, in
 * folders like those of the images. A record says of which image, model and options it is, so that a later run leaves out
 * what is done.
 */
final class FolderRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Options that change nothing in an explanation. */
    private static final List<String> WITHOUT_EFFECT =
            List.of("inputs", "output", "device", "threads", "cache", "watch", "journal", "settle");

    private final Path output;
    private final String extension;
    private final boolean several;
    private final String work;

    /** @param extension of the pictures, without the dot */
    FolderRecords(ExplainOptions options, String extension) {
        this.output = options.maps().output();
        this.extension = extension;
        this.several = options.inputs().size() > 1;
        Map<String, Object> values =
                new TreeMap<>(Options.of(ExplainOptions.class).values(options));
        WITHOUT_EFFECT.forEach(values::remove);
        values.put("model", Sha256.of(options.model()));
        if (options.against() != null) {
            values.put("against", Sha256.of(options.against()));
        }
        this.work = Sha256.of(values.toString());
    }

    /** Where the files of one image go. */
    record Place(FoundFile image, Path folder, String stem, String extension) {
        Path record() {
            return folder.resolve(stem + ".json");
        }

        Path picture(String label) {
            return folder.resolve(stem + MapNames.suffix(label) + "." + extension);
        }
    }

    /**
     * The place of an image: not one where another image's files, or files of others, are.
     *
     * @param labels of the classes that get a picture each; one empty label for one picture
     */
    Place place(FoundFile image, List<String> labels) {
        Path name = image.name();
        Path below = several ? Path.of(rootName(image)).resolve(name) : name;
        Path parent = below.getParent();
        Path folder = parent == null ? output : output.resolve(parent.toString());
        Outputs.requireWritableFolder(folder);
        String stem = below.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        for (int i = 1; ; i++) {
            Place place = new Place(image, folder, i == 1 ? stem : stem + "-" + i, extension);
            JsonNode record = read(place.record());
            boolean isOwn = record != null
                    && record.path("image").asText().equals(image.file().toString());
            boolean isFree = !Files.exists(place.record())
                    && labels.stream().noneMatch(label -> Files.exists(place.picture(label)));
            if (isOwn || isFree) {
                return place;
            }
        }
    }

    private static String rootName(FoundFile image) {
        Path name = image.root().toAbsolutePath().normalize().getFileName();
        return (image.input() + 1) + "-" + (name == null ? "root" : name);
    }

    /** The documents of an image's explanations where they are done: same image, model and options; else null. */
    List<Map<String, Object>> done(Place place) {
        JsonNode record = read(place.record());
        if (record == null
                || !record.path("work").asText().equals(work)
                || !record.path("version").asText().equals(version(place.image().file()))) {
            return null;
        }
        List<Map<String, Object>> documents = new java.util.ArrayList<>();
        for (JsonNode explanation : record.path("explanations")) {
            if (explanation.has("map")
                    && !Files.exists(Path.of(explanation.path("map").asText()))) {
                return null;
            }
            documents.add(JSON.convertValue(explanation, new com.fasterxml.jackson.core.type.TypeReference<>() {}));
        }
        return documents;
    }

    /** @param explanations documents, without a map where there is none */
    void write(Place place, List<Map<String, Object>> explanations) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("image", place.image().file().toString());
        record.put("version", version(place.image().file()));
        record.put("work", work);
        record.put("explanations", explanations);
        byte[] json = (Json.document(record) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            AtomicFile.write(place.record(), out -> out.write(json));
        } catch (IOException e) {
            throw new OutputException(place.record(), e);
        }
    }

    /** Changes with the content of a file. */
    private static String version(Path file) {
        try {
            return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return "";
        }
    }

    /** Null where there is no record, or it is damaged. */
    private static JsonNode read(Path record) {
        if (!Files.isRegularFile(record)) {
            return null;
        }
        try {
            return JSON.readTree(record.toFile());
        } catch (IOException e) {
            return null;
        }
    }
}
