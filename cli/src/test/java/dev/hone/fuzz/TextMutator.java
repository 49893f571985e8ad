package dev.hone.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes to lines and words of a text file. */
final class TextMutator implements Mutator {
    private static final List<String> WORDS = List.of(
            "",
            "\"",
            "'",
            ",",
            ";",
            "\t",
            "\u0000",
            "\uFEFF",
            "nan",
            "inf",
            "1e400",
            "-1",
            "0",
            "99999999999999999999",
            "1.5",
            "true",
            "null",
            "~",
            "=1+1",
            "../..",
            "/dev/zero",
            "*a",
            "&a",
            "!!int",
            "[[[[[[[[",
            "{",
            "}",
            "- -",
            ": ",
            "# ",
            "|",
            ">",
            "%TAG",
            "\u202e",
            "\u001b[2J",
            "a".repeat(3000),
            "((a+)+)+$",
            "[".repeat(2000),
            "x: ".repeat(300));

    @Override
    public byte[] mutate(byte[] file, Random random) {
        String text = new String(file, StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        int at = random.nextInt(lines.size());
        switch (random.nextInt(8)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
            case 2 -> lines.set(at, lines.get(at).substring(0, lines.get(at).length() / 2));
            case 3 -> lines.set(at, "  ".repeat(random.nextInt(3)) + lines.get(at));
            case 4 -> {
                return new ByteMutator().mutate(file, random);
            }
            default -> lines.set(at, replaced(lines.get(at), random));
        }
        return String.join(random.nextInt(10) == 0 ? "\r\n" : "\n", lines).getBytes(StandardCharsets.UTF_8);
    }

    /** A word of the line replaced, or one put in front of it. */
    private static String replaced(String line, Random random) {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        String[] parts = line.split("(?<=[ ,:])");
        int at = random.nextInt(parts.length);
        boolean separated = parts[at].endsWith(",");
        parts[at] = random.nextInt(3) == 0 ? word + parts[at] : word + (separated ? "," : "");
        return String.join("", parts);
    }
}
