package dev.hone.cli;

import dev.hone.graph.Dim;
import dev.hone.graph.onnx.OnnxReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Sizes and counts as people read them. */
final class Sizes {
    private Sizes() {}

    /** Bytes of a model file and of the tensors that lie outside of it. */
    static long ofModel(Path file) {
        try {
            long own = Files.size(file);
            long tensors = OnnxReader.readUnchanged(file).graph().constants().stream()
                    .mapToLong(constant -> constant.constant().data().size())
                    .sum();
            return tensors > own ? own + tensors : own;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A count with 1 for every symbol, so that it is the count for one image; NaN where it is not known. */
    static double number(Dim count) {
        return count.substitute(symbol -> symbol.startsWith("?") ? null : Dim.ONE).value().stream()
                .mapToDouble(v -> v)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** {@code 92.1 %}, of a share from 0 to 1. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** {@code 1.24 MB}, in powers of ten. */
    static String text(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        return scaled(bytes, new String[] {"kB", "MB", "GB", "TB"});
    }

    /** {@code 1.81 G}. */
    static String count(double number) {
        return number < 999.5
                ? String.format(Locale.ROOT, "%.0f", number)
                : scaled(number, new String[] {"k", "M", "G", "T"});
    }

    private static String scaled(double number, String[] units) {
        if (Double.isNaN(number)) {
            return "unknown";
        }
        int unit = -1;
        double scaled = number;
        while (scaled >= 999.5 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT, scaled < 10 ? "%.2f %s" : scaled < 100 ? "%.1f %s" : "%.0f %s", scaled, units[unit]);
    }

    /** The error of a map, of whose size nothing is known where there is as much noise in it. */
    static String error(double relative) {
        return relative > 1 ? "over 100 %" : percent(relative);
    }
}
