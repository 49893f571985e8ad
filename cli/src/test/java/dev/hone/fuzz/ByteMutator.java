package dev.hone.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Changes that know nothing of a format: bits, bytes, numbers at their limits, pieces cut out, repeated or moved. */
final class ByteMutator implements Mutator {
    private static final long[] LIMITS = {
        0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 0x7fffffff, 0x80000000L, 0xffffffffL, 1 << 20
    };

    /** Most damage is done to the head, where files say what is in them. */
    private static int position(byte[] file, Random random) {
        int within = random.nextInt(3) == 0 ? file.length : Math.min(file.length, 256);
        return random.nextInt(Math.max(1, within));
    }

    @Override
    public byte[] mutate(byte[] file, Random random) {
        if (file.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = position(file, random);
        byte[] copy = file.clone();
        switch (random.nextInt(8)) {
            case 0, 1 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> copy[at] = (byte) random.nextInt();
            case 3, 4 -> number(copy, at, random);
            case 5 -> copy = Arrays.copyOf(copy, at);
            case 6 -> copy = without(copy, at, 1 + random.nextInt(32));
            default -> copy = repeated(copy, at, 1 + random.nextInt(32), position(file, random));
        }
        return copy;
    }

    private static void number(byte[] file, int at, Random random) {
        long value = LIMITS[random.nextInt(LIMITS.length)];
        int width = random.nextBoolean() ? 4 : 2;
        if (at + width > file.length) {
            return;
        }
        ByteBuffer bytes =
                ByteBuffer.wrap(file).order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (width == 4) {
            bytes.putInt(at, (int) value);
        } else {
            bytes.putShort(at, (short) value);
        }
    }

    private static byte[] without(byte[] file, int at, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        int from = Math.min(file.length, at + count);
        out.write(file, from, file.length - from);
        return out.toByteArray();
    }

    private static byte[] repeated(byte[] file, int at, int count, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, to);
        out.write(file, at, Math.min(count, file.length - at));
        out.write(file, to, file.length - to);
        return out.toByteArray();
    }
}
