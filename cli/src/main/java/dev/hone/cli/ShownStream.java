package dev.hone.cli;

import dev.hone.core.Shown;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Standard output and error as all commands, libraries and loggers write to them: UTF-8, whatever the locale, and nothing
 * from a file reaches the terminal as a control sequence. What is printed by {@code println} is one line: a line break in it
 * is escaped too. Hone's own bars and colors go to the stream {@link #raw beneath}.
 */
final class ShownStream extends PrintStream {
    private final PrintStream raw;

    ShownStream(PrintStream raw) {
        super(new Escaping(raw), true, StandardCharsets.UTF_8);
        this.raw = raw;
    }

    /** What a stream writes to, past the escaping. */
    static PrintStream raw(PrintStream stream) {
        return stream instanceof ShownStream shown ? shown.raw : stream;
    }

    @Override
    public void print(String text) {
        super.print(Shown.lines(String.valueOf(text)));
    }

    @Override
    public void print(Object value) {
        print(String.valueOf(value));
    }

    @Override
    public void print(char[] text) {
        print(new String(text));
    }

    @Override
    public void println(String line) {
        super.println(Shown.text(String.valueOf(line)));
    }

    @Override
    public void println(Object value) {
        println(String.valueOf(value));
    }

    @Override
    public void println(char[] line) {
        println(new String(line));
    }

    /** Escapes what is written as bytes; says where the stream beneath has failed, which that keeps to itself. */
    private static final class Escaping extends OutputStream {
        private final PrintStream raw;
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        /** The begin of a character whose other bytes are still to come. */
        private byte[] rest = {};

        Escaping(PrintStream raw) {
            this.raw = raw;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            ByteBuffer in = ByteBuffer.allocate(rest.length + length);
            in.put(rest).put(bytes, offset, length).flip();
            CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
            decoder.reset();
            decoder.decode(in, out, false);
            rest = new byte[in.remaining()];
            in.get(rest);
            byte[] shown = Shown.lines(out.flip().toString()).getBytes(StandardCharsets.UTF_8);
            raw.write(shown, 0, shown.length);
        }

        @Override
        public void flush() throws IOException {
            if (raw.checkError()) {
                throw new IOException("the output cannot be written");
            }
        }
    }
}
