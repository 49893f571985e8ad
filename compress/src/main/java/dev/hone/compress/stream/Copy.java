package dev.hone.compress.stream;

import dev.hone.graph.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A tensor that stays what it is. */
final class Copy implements Conversion {
    private static final long PIECE = 64 << 20;

    private final String name;
    private final Tensor from;
    private final Storage.Target to;

    Copy(String name, Tensor from, Storage.Target to) {
        this.name = name;
        this.from = from;
        this.to = to;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long bytes() {
        return from.data().size();
    }

    @Override
    public int pieces() {
        return Math.toIntExact((bytes() + PIECE - 1) / PIECE);
    }

    @Override
    public void convert(int piece, Source source) throws IOException {
        long end = Math.min(bytes(), (piece + 1) * PIECE);
        for (long at = piece * PIECE; at < end; ) {
            ByteBuffer part = source.bytes(from.data(), at, end - at);
            int count = part.remaining();
            to.write(at, part);
            at += count;
        }
    }
}
