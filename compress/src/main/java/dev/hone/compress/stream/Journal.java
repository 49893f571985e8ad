package dev.hone.compress.stream;

import dev.hone.core.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which pieces of a conversion are finished and on the disk: a file of two lines, what the conversion is of and a bit for
 * each piece. It is written beside its place and moved there, after the pieces themselves have reached the disk.
 */
final class Journal {
    private static final Pattern HEX = Pattern.compile("([0-9a-f]{2})+");
    private static final String FORM = "hone conversion 1: ";

    private final Path file;
    private final String identity;
    private final BitSet done;
    private int pieces;

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
        BitSet done = new BitSet();
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() == 2
                    && lines.get(0).equals(FORM + identity)
                    && HEX.matcher(lines.get(1)).matches()) {
                done = BitSet.valueOf(HexFormat.of().parseHex(lines.get(1)));
            }
        }
        return new Journal(file, identity, done);
    }

    /** Takes the room on the disk that the journal will need, however full the disk becomes. */
    void begin(int pieceCount) throws IOException {
        pieces = pieceCount;
        write(done);
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

    /** A copy of what is marked as done. */
    BitSet done() {
        return (BitSet) done.clone();
    }

    /** @param finished pieces that are on the disk */
    void write(BitSet finished) throws IOException {
        byte[] bytes = bytes(finished);
        AtomicFile.write(file, out -> out.write(bytes));
    }

    /** Writes over the journal where it lies, for a disk that has no room for another file. */
    void overwrite() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(bytes(done));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Always of the same length. */
    private byte[] bytes(BitSet finished) {
        byte[] bits = Arrays.copyOf(finished.toByteArray(), (pieces + 7) / 8);
        String text = FORM + identity + "\n" + HexFormat.of().formatHex(bits) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
