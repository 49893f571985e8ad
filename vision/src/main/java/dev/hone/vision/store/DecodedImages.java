package dev.hone.vision.store;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;

/**
 * What was found while the images of a data set were decoded. Safe for several threads.
 *
 * @param corrupt by sample, why it cannot be decoded
 * @param notes by sample, what the user should know of how it was read
 * @param checksums by sample, of its pixels
 */
record DecodedImages(Map<Integer, String> corrupt, Map<Integer, String> notes, int[] checksums) {
    static DecodedImages of(int samples) {
        return new DecodedImages(new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>(), new int[samples]);
    }

    /** The names of the samples that have a note, by note. */
    Map<String, List<String>> named(IntFunction<String> name) {
        Map<String, List<String>> samples = new TreeMap<>();
        notes.forEach(
                (sample, text) -> text.lines().forEach(note -> samples.computeIfAbsent(note, n -> new ArrayList<>())
                        .add(name.apply(sample))));
        return samples;
    }

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        write(out, corrupt);
        write(out, notes);
        for (int checksum : checksums) {
            out.writeInt(checksum);
        }
        return bytes.toByteArray();
    }

    static DecodedImages read(DataInputStream in, int samples) throws IOException {
        Map<Integer, String> corrupt = texts(in);
        Map<Integer, String> notes = texts(in);
        int[] checksums = new int[samples];
        for (int i = 0; i < samples; i++) {
            checksums[i] = in.readInt();
        }
        return new DecodedImages(corrupt, notes, checksums);
    }

    private static void write(DataOutputStream out, Map<Integer, String> texts) throws IOException {
        out.writeInt(texts.size());
        for (Map.Entry<Integer, String> e : texts.entrySet()) {
            out.writeInt(e.getKey());
            byte[] text = e.getValue().getBytes(StandardCharsets.UTF_8);
            out.writeInt(text.length);
            out.write(text);
        }
    }

    private static Map<Integer, String> texts(DataInputStream in) throws IOException {
        Map<Integer, String> texts = new TreeMap<>();
        int n = in.readInt();
        for (int i = 0; i < n; i++) {
            int sample = in.readInt();
            texts.put(sample, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return texts;
    }
}
