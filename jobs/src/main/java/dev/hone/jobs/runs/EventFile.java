package dev.hone.jobs.runs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Writes TensorBoard's event files: records of TFRecord framing (length, its masked CRC-32C, bytes, their masked CRC-32C,
 * all little-endian), each an {@code Event} in protobuf's wire form. Field numbers are those of TensorBoard's {@code
 * event.proto}, {@code summary.proto} and {@code tensor.proto}.
 */
final class EventFile {
    private static final String VERSION = "brain.Event:2";
    /** What is added to a rotated checksum, so that checksums of checksums are none. */
    private static final int MASK = 0xa282ead8;

    private static final int STRINGS = 7;

    private final OutputStream out;

    /** Begins a file. */
    EventFile(OutputStream out, double wallTime) throws IOException {
        this.out = out;
        Message event = new Message();
        event.number(1, wallTime);
        event.bytes(3, VERSION.getBytes(StandardCharsets.UTF_8));
        record(event);
    }

    /** A number at a step; the time is in seconds since 1970. */
    void scalar(String tag, long step, double wallTime, double value) throws IOException {
        Message scalar = new Message();
        scalar.bytes(1, tag.getBytes(StandardCharsets.UTF_8));
        scalar.fraction(2, (float) value);
        summary(step, wallTime, scalar);
    }

    /** Text in Markdown. */
    void text(String tag, double wallTime, String markdown) throws IOException {
        Message plugin = new Message();
        plugin.bytes(1, "text".getBytes(StandardCharsets.UTF_8));
        Message metadata = new Message();
        metadata.message(1, plugin);
        Message size = new Message();
        size.integer(1, 1);
        Message shape = new Message();
        shape.message(2, size);
        Message tensor = new Message();
        tensor.integer(1, STRINGS);
        tensor.message(2, shape);
        tensor.bytes(8, markdown.getBytes(StandardCharsets.UTF_8));
        Message value = new Message();
        value.bytes(1, tag.getBytes(StandardCharsets.UTF_8));
        value.message(8, tensor);
        value.message(9, metadata);
        summary(0, wallTime, value);
    }

    private void summary(long step, double wallTime, Message value) throws IOException {
        Message summary = new Message();
        summary.message(1, value);
        Message event = new Message();
        event.number(1, wallTime);
        if (step != 0) {
            event.integer(2, step);
        }
        event.message(5, summary);
        record(event);
    }

    private void record(Message event) throws IOException {
        byte[] bytes = event.toBytes();
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .array();
        out.write(length);
        out.write(masked(length));
        out.write(bytes);
        out.write(masked(bytes));
    }

    private static byte[] masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        int mask = Integer.rotateRight((int) crc.getValue(), 15) + MASK;
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(mask)
                .array();
    }

    /** A message in protobuf's wire form; a field is its number and one of the wire types. */
    private static final class Message {
        private static final int VARINT = 0;
        private static final int SIXTY_FOUR = 1;
        private static final int LENGTH = 2;
        private static final int THIRTY_TWO = 5;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        byte[] toBytes() {
            return bytes.toByteArray();
        }

        private void varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes.write((int) (left & 0x7f | 0x80));
                left >>>= 7;
            }
            bytes.write((int) left);
        }

        private void field(int number, int type) {
            varint((long) number << 3 | type);
        }

        void integer(int number, long value) {
            field(number, VARINT);
            varint(value);
        }

        void number(int number, double value) {
            field(number, SIXTY_FOUR);
            bytes.writeBytes(ByteBuffer.allocate(Double.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putDouble(value)
                    .array());
        }

        void fraction(int number, float value) {
            field(number, THIRTY_TWO);
            bytes.writeBytes(ByteBuffer.allocate(Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .array());
        }

        void bytes(int number, byte[] value) {
            field(number, LENGTH);
            varint(value.length);
            bytes.writeBytes(value);
        }

        void message(int number, Message value) {
            bytes(number, value.toBytes());
        }
    }
}
