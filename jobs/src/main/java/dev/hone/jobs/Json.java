package dev.hone.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.hone.core.Shown;
import dev.hone.core.text.Figures;

/**
 * What programs read: one line per record, or an indented document. People look at it too: characters that are not shown as
 * they are stand as {@code \}{@code uXXXX}, see {@link Shown}.
 */
public final class Json {
    private static final ObjectMapper LINE = new ObjectMapper();
    private static final ObjectMapper DOCUMENT = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    public static String line(Object value) {
        return write(LINE, value);
    }

    public static String document(Object value) {
        return write(DOCUMENT, value);
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return Shown.lines(mapper.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A number cut to some decimals, so that output is as long as it is precise; null for what is no number. */
    public static Double round(double value, int decimals) {
        return Figures.round(value, decimals);
    }
}
