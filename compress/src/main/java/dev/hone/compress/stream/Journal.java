package dev.hone.compress.stream;

import dev.hone.graph.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/**
 * Which pieces of a conversion are finished and on the disk: a file of two lines, what the conversion is of and a bit for
 * each piece. It is written beside its place and moved there, after the pieces themselves have reached the disk.
 */
final class Journal {
    private static final String FORM = "hone conversion 1: ";

    private final Path file;
    private final String identity;
    private final BitSet done;

    private Journal(Path file, String identity, BitSet done) {
        this.file = file;
        this.identity = identity;
        this.done = done;
    }

    /**
     * The journal of an earlier run of the same conversion, or else an empty one.
     *
     * @param identity one line that says what is converted to what
     */
    static Journal open(Path file, String identity) throws IOException {
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() == 2 && lines.get(0).equals(FORM + identity)) {
                return new Journal(file, identity, BitSet.valueOf(HexFormat.of().parseHex(lines.get(1))));
            }
        }
        return new Journal(file, identity, new BitSet());
    }

    /** The same conversion with nothing done. */
    Journal emptied() throws IOException {
        delete();
        return new Journal(file, identity, new BitSet());
    }

    boolean isDone(int piece) {
        return done.get(piece);
    }

    boolean isEmpty() {
        return done.isEmpty();
    }

    void setDone(int piece) {
        done.set(piece);
    }

    void write() throws IOException {
        String text = FORM + identity + "\n" + HexFormat.of().formatHex(done.toByteArray()) + "\n";
        WholeFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
