package dev.hone.jobs.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.core.file.OutputLock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the file of a run. Lines that are none, such as one that a crash cut off, are skipped and named. */
final class RunReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A line that is longer is not one of a run. */
    private static final int LONGEST = 1 << 24;

    private final Path file;
    private final Consumer<String> notices;
    private final Map<String, String> notes = new LinkedHashMap<>();
    private final List<Run.Point> curve = new ArrayList<>();
    private JsonNode head;
    private JsonNode end;
    private int number;

    private RunReader(Path file, Consumer<String> notices) {
        this.file = file;
        this.notices = notices;
    }

    /**
     * @param notices hears of lines that are skipped, and of a file that is none of a run
     * @return nothing if the file is none of a run
     */
    static Optional<Run> read(Path file, Consumer<String> notices) throws IOException {
        return new RunReader(file, notices).run();
    }

    private Optional<Run> run() throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = line(lines); line != null; line = line(lines)) {
                number++;
                if (!line.isBlank()) {
                    try {
                        take(JSON.readTree(line));
                    } catch (JsonProcessingException e) {
                        skipped();
                    }
                }
            }
        }
        if (head == null) {
            notices.accept(file + ": no run begins in it; skipped");
            return Optional.empty();
        }
        return Optional.ofNullable(made());
    }

    /** One line, cut off where it is longer than any of a run: such a line is then no JSON. */
    private static String line(BufferedReader lines) throws IOException {
        StringBuilder text = new StringBuilder();
        int c = lines.read();
        if (c < 0) {
            return null;
        }
        while (c >= 0 && c != '\n') {
            if (text.length() < LONGEST) {
                text.append((char) c);
            }
            c = lines.read();
        }
        return text.toString();
    }

    private void skipped() {
        notices.accept(file + ":" + number + ": not a line of a run; skipped");
    }

    private void take(JsonNode line) {
        switch (line.path(RunLog.TYPE).asText()) {
            case "start" -> head = line;
            case "note" ->
                notes.put(line.path("name").asText(), line.path("value").asText());
            case "measured" ->
                curve.add(new Run.Point(
                        line.path("task").asText(),
                        line.path("step").asLong(),
                        line.path("seconds").asDouble(),
                        numbers(line.path("values"))));
            case "end" -> end = line;
            default -> skipped();
        }
    }

    private static Map<String, Double> numbers(JsonNode node) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        node.properties().forEach(e -> {
            if (e.getValue().isNumber()) {
                numbers.put(e.getKey(), e.getValue().asDouble());
            }
        });
        return numbers;
    }

    private static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
        return texts;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(JsonNode node) {
        return node.isObject() ? JSON.convertValue(node, LinkedHashMap.class) : Map.of();
    }

    private Run made() throws IOException {
        String id = head.path("id").asText();
        if (head.path("format").asInt() != RunLog.FORMAT
                || !file.getFileName().toString().equals(id + RunLog.SUFFIX)) {
            notices.accept(file + ": format or name is not that of a run of this version; skipped");
            return null;
        }
        Instant started;
        try {
            started = Instant.parse(head.path("started").asText());
        } catch (DateTimeException e) {
            notices.accept(file + ": the run has no start; skipped");
            return null;
        }
        List<String> arguments = new ArrayList<>();
        head.path("arguments").forEach(a -> arguments.add(a.asText()));
        return new Run(
                id,
                file,
                head.path("job").asText(),
                started,
                Path.of(head.path("model").asText()),
                map(head.path("options")),
                arguments,
                texts(head.path("versions")),
                notes,
                List.copyOf(curve),
                outcome(),
                end != null && end.hasNonNull("error") ? end.path("error").asText() : null,
                end != null ? end.path("seconds").asDouble() : curve.isEmpty() ? 0 : last().seconds(),
                end != null && end.hasNonNull("sha256") ? end.path("sha256").asText() : null,
                end == null ? Map.of() : map(end.path("result")));
    }

    private Run.Point last() {
        return curve.get(curve.size() - 1);
    }

    /** Of a run that did not say how it ended, its lock tells whether it is still there. */
    private Outcome outcome() throws IOException {
        if (end != null) {
            String text = end.path("outcome").asText();
            for (Outcome outcome : Outcome.values()) {
                if (outcome.text().equals(text)) {
                    return outcome;
                }
            }
            return Outcome.INTERRUPTED;
        }
        if (!Files.isWritable(file.toAbsolutePath().getParent())) {
            return Outcome.RUNNING;
        }
        Optional<OutputLock> free = OutputLock.take(file);
        if (free.isEmpty()) {
            return Outcome.RUNNING;
        }
        free.get().close();
        return Outcome.INTERRUPTED;
    }
}
