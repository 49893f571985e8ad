package dev.hone.data;

import dev.hone.core.file.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What exactly a data set was: the SHA-256 of every file, and of the whole. The whole is independent of where the data
 * lies and of the order of its files: it covers name, target, split and content of each sample, sorted by name.
 */
public final class Revision {
    private final String id;
    private final String[] contents;
    private final List<String> notices;

    private Revision(String id, String[] contents, List<String> notices) {
        this.id = id;
        this.contents = contents;
        this.notices = notices;
    }

    static Revision of(DataSet set) {
        List<Sample> samples = set.samples();
        String[] contents = new String[samples.size()];
        IntStream.range(0, contents.length)
                .parallel()
                .forEach(i -> contents[i] = sha256(samples.get(i).input()));
        MessageDigest whole = Sha256.digest();
        IntStream.range(0, contents.length)
                .mapToObj(i -> samples.get(i).name() + "\0"
                        + target(set, samples.get(i)) + "\0"
                        + samples.get(i).split() + "\0" + contents[i] + "\n")
                .sorted()
                .forEach(line -> whole.update(line.getBytes(StandardCharsets.UTF_8)));
        return new Revision(HexFormat.of().formatHex(whole.digest()), contents, repeats(set, contents));
    }

    private static String target(DataSet set, Sample sample) {
        return sample.target() instanceof Target.OfClass of
                ? set.classes().get(of.index())
                : sample.target().toString();
    }

    /** SHA-256 of the whole data set, in hexadecimal. */
    public String id() {
        return id;
    }

    /** SHA-256 of a sample's file, in hexadecimal; of a file that cannot be read, a text that no other file has. */
    public String content(int sample) {
        return contents[sample];
    }

    /** Lines about equal files that spoil training (two labels) or testing (both in train and test). */
    public List<String> notices() {
        return notices;
    }

    private static List<String> repeats(DataSet set, String[] contents) {
        Map<String, Integer> first = new HashMap<>();
        List<String> labels = new ArrayList<>();
        List<String> leaks = new ArrayList<>();
        for (int i = 0; i < contents.length; i++) {
            Integer j = first.putIfAbsent(contents[i], i);
            if (j != null) {
                Sample a = set.samples().get(j);
                Sample b = set.samples().get(i);
                if (!a.target().equals(b.target())) {
                    labels.add(a.name() + " = " + b.name());
                }
                if (a.split() != b.split()) {
                    leaks.add(a.name() + " = " + b.name());
                }
            }
        }
        List<String> lines = new ArrayList<>();
        if (!labels.isEmpty()) {
            lines.add(set.source() + ": " + Notices.count(labels, "pair", "of equal files with two labels"));
        }
        if (!leaks.isEmpty()) {
            lines.add(set.source() + ": " + Notices.count(leaks, "pair", "of equal files in two splits"));
        }
        return lines;
    }

    private static String sha256(Input input) {
        try (InputStream in = input.open()) {
            return Sha256.of(in);
        } catch (IOException e) {
            return "unreadable " + input; // decoding will name it
        }
    }
}
