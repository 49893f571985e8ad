package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.RegularFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Everything a run needs to go on, in one file: magic number, run identity, counters, history, the best weights so far,
 * the state's vectors, and a CRC-32 of it all at the end. Big-endian, as {@link DataOutputStream} writes.
 *
 * <p>The file is written beside the old one and moved over it once it is whole and on disk, so that neither an
 * interruption nor a full disk loses what was there.
 *
 * @param identity of the run: model, options and data; a checkpoint of another run is refused
 * @param finished whether the run came to its end; only a longer one goes on from here
 * @param step steps done
 * @param epoch epochs done, those included that a time limit cut short
 * @param inEpoch steps done of the epoch that is under way
 * @param planned epochs that were planned at first
 * @param restart where, in steps, a finished run went on; 0 if it did not
 * @param seconds of a time limit that are used
 * @param restartSeconds of those, the ones after which a finished run went on; 0 if it did not
 * @param lossSum of the steps of the epoch that is under way
 * @param metricSums of the steps of that epoch, by metric
 * @param sinceBest validations since the best one
 * @param history of the epochs done
 * @param best the state's vectors that make up the best model, empty if none was validated yet
 * @param state the state's vectors
 */
record Checkpoint(
        String identity,
        boolean finished,
        long step,
        int epoch,
        int inEpoch,
        int planned,
        long restart,
        double seconds,
        double restartSeconds,
        double lossSum,
        Map<String, Double> metricSums,
        int sinceBest,
        List<History.Epoch> history,
        Map<String, FloatBuffer> best,
        Map<String, FloatBuffer> state) {
    private static final long MAGIC = 0x484f4e45_434b5033L; // HONECKP3
    private static final int BLOCK = 1 << 16;
    private static final String DAMAGED = ": the checkpoint is damaged; delete it to start from scratch";

    void write(Path file) {
        try (AtomicFile whole = AtomicFile.beside(file)) {
            whole.write(bytes -> {
                CheckedOutputStream checked = new CheckedOutputStream(bytes, new CRC32());
                DataOutputStream out = new DataOutputStream(checked);
                writeBody(out);
                out.writeLong(checked.getChecksum().getValue());
            });
            whole.sync();
            whole.commit();
        } catch (IOException e) {
            throw new HoneException(
                    file + ": the checkpoint cannot be written (" + FileErrors.reason(e)
                            + "); the one before it, if any, is unharmed, make room",
                    e);
        }
    }

    private void writeBody(DataOutputStream out) throws IOException {
        out.writeLong(MAGIC);
        out.writeUTF(identity);
        out.writeBoolean(finished);
        out.writeLong(step);
        out.writeInt(epoch);
        out.writeInt(inEpoch);
        out.writeInt(planned);
        out.writeLong(restart);
        out.writeDouble(seconds);
        out.writeDouble(restartSeconds);
        out.writeDouble(lossSum);
        writeNumbers(out, metricSums);
        out.writeInt(sinceBest);
        out.writeInt(history.size());
        for (History.Epoch e : history) {
            out.writeInt(e.epoch());
            out.writeDouble(e.loss());
            writeNumbers(out, e.metrics());
            out.writeDouble(e.rate());
            writeNumbers(out, e.validation());
            out.writeDouble(e.samplesPerSecond());
        }
        writeVectors(out, best);
        writeVectors(out, state);
    }

    private static void writeNumbers(DataOutputStream out, Map<String, Double> numbers) throws IOException {
        out.writeInt(numbers.size());
        for (Map.Entry<String, Double> entry : numbers.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeDouble(entry.getValue());
        }
    }

    private static Map<String, Double> readNumbers(DataInputStream in) throws IOException {
        Map<String, Double> numbers = new LinkedHashMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            numbers.put(name, in.readDouble());
        }
        return numbers;
    }

    private static void writeVectors(DataOutputStream out, Map<String, FloatBuffer> vectors) throws IOException {
        out.writeInt(vectors.size());
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (Map.Entry<String, FloatBuffer> entry : vectors.entrySet()) {
            FloatBuffer values = entry.getValue().duplicate().rewind();
            out.writeUTF(entry.getKey());
            out.writeInt(values.remaining());
            while (values.hasRemaining()) {
                int n = Math.min(values.remaining(), BLOCK / Float.BYTES);
                FloatBuffer part = values.slice(values.position(), n);
                block.asFloatBuffer().put(part);
                out.write(block.array(), 0, n * Float.BYTES);
                values.position(values.position() + n);
            }
        }
    }

    /** @throws HoneException if the file cannot be read, is damaged or is no checkpoint */
    static Checkpoint read(Path file) {
        try (CheckedInputStream checked = new CheckedInputStream(
                        new BufferedInputStream(Files.newInputStream(RegularFile.of(file)), BLOCK), new CRC32());
                DataInputStream in = new DataInputStream(checked)) {
            if (in.readLong() != MAGIC) {
                throw new HoneException(file + ": is no checkpoint of hone train");
            }
            String identity = in.readUTF();
            boolean finished = in.readBoolean();
            long step = in.readLong();
            int epoch = in.readInt();
            int inEpoch = in.readInt();
            int planned = in.readInt();
            long restart = in.readLong();
            double seconds = in.readDouble();
            double restartSeconds = in.readDouble();
            double lossSum = in.readDouble();
            Map<String, Double> metricSums = readNumbers(in);
            int sinceBest = in.readInt();
            History.Epoch[] history = new History.Epoch[in.readInt()];
            for (int i = 0; i < history.length; i++) {
                history[i] = new History.Epoch(
                        in.readInt(),
                        in.readDouble(),
                        readNumbers(in),
                        in.readDouble(),
                        readNumbers(in),
                        in.readDouble());
            }
            Map<String, FloatBuffer> best = readVectors(in);
            Map<String, FloatBuffer> state = readVectors(in);
            long expected = checked.getChecksum().getValue();
            if (in.readLong() != expected) {
                throw new HoneException(file + DAMAGED);
            }
            return new Checkpoint(
                    identity,
                    finished,
                    step,
                    epoch,
                    inEpoch,
                    planned,
                    restart,
                    seconds,
                    restartSeconds,
                    lossSum,
                    metricSums,
                    sinceBest,
                    List.of(history),
                    best,
                    state);
        } catch (EOFException | UTFDataFormatException | NegativeArraySizeException | OutOfMemoryError e) {
            throw new HoneException(file + DAMAGED, e);
        } catch (IOException e) {
            throw new HoneException(file + ": the checkpoint cannot be read, " + FileErrors.reason(e), e);
        }
    }

    private static Map<String, FloatBuffer> readVectors(DataInputStream in) throws IOException {
        Map<String, FloatBuffer> vectors = new LinkedHashMap<>();
        int count = in.readInt();
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            FloatBuffer values = FloatBuffer.allocate(in.readInt());
            while (values.hasRemaining()) {
                int n = Math.min(values.remaining(), BLOCK / Float.BYTES);
                in.readFully(block, 0, n * Float.BYTES);
                values.put(ByteBuffer.wrap(block, 0, n * Float.BYTES).asFloatBuffer());
            }
            vectors.put(name, values.rewind());
        }
        return vectors;
    }
}
