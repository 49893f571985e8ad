package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.core.text.ShellWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a model comes from, enough to make it again: under {@code hone.provenance.} in the file's metadata the keys
 * {@code data}, {@code seed}, {@code version}, {@code runtime}, {@code arguments}, {@code parent}, {@code history},
 * {@code done} and, of models made from others, {@code earlier}. There is no date in it, so that the same run gives the same bytes.
 *
 * @param data revision of the training data, a hash of its files and labels
 * @param seed the random seed
 * @param version of Hone
 * @param runtime versions of ONNX Runtime and Java
 * @param arguments of the command, as given
 * @param parent SHA-256 of the file this one was made from, empty if it was made from nothing
 * @param history what happened in training, in a few words
 * @param done what was done to the model, in order, one line each
 * @param earlier command lines of what was done before {@code arguments}, in order, each as a shell takes it
 */
public record Provenance(
        String data,
        long seed,
        String version,
        String runtime,
        List<String> arguments,
        String parent,
        String history,
        List<String> done,
        List<String> earlier) {
    public Provenance {
        arguments = List.copyOf(arguments);
        done = List.copyOf(done);
        earlier = List.copyOf(earlier);
    }

    /** Of a model that was not made from another one. */
    public Provenance(
            String data,
            long seed,
            String version,
            String runtime,
            List<String> arguments,
            String parent,
            String history,
            List<String> done) {
        this(data, seed, version, runtime, arguments, parent, history, done, List.of());
    }

    /** The provenance of a model made from this one's file: its hash as the parent, and one more thing done. */
    public Provenance then(String parentSha256, List<String> newArguments, String what) {
        List<String> more = new ArrayList<>(done);
        more.add(what);
        return new Provenance(data, seed, version, runtime, newArguments, parentSha256, history, more, commands());
    }

    /** The command lines that make the model, in order, as a shell takes them. */
    public List<String> commands() {
        List<String> commands = new ArrayList<>(earlier);
        if (!arguments.isEmpty()) {
            commands.add(ShellWords.join(arguments));
        }
        return commands;
    }

    void writeTo(Map<String, String> metadata, String prefix) {
        metadata.put(prefix + "data", data);
        metadata.put(prefix + "seed", Long.toString(seed));
        metadata.put(prefix + "version", version);
        metadata.put(prefix + "runtime", runtime);
        metadata.put(prefix + "arguments", TextList.write(arguments));
        metadata.put(prefix + "parent", parent);
        metadata.put(prefix + "history", history);
        metadata.put(prefix + "done", TextList.write(done));
        if (!earlier.isEmpty()) {
            metadata.put(prefix + "earlier", TextList.write(earlier));
        }
    }

    static Provenance read(Map<String, String> metadata, String prefix) {
        return new Provenance(
                metadata.getOrDefault(prefix + "data", ""),
                seed(metadata.getOrDefault(prefix + "seed", "0"), prefix),
                metadata.getOrDefault(prefix + "version", ""),
                metadata.getOrDefault(prefix + "runtime", ""),
                TextList.read(prefix + "arguments", metadata.getOrDefault(prefix + "arguments", "")),
                metadata.getOrDefault(prefix + "parent", ""),
                metadata.getOrDefault(prefix + "history", ""),
                TextList.read(prefix + "done", metadata.getOrDefault(prefix + "done", "")),
                TextList.read(prefix + "earlier", metadata.getOrDefault(prefix + "earlier", "")));
    }

    private static long seed(String text, String prefix) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new HoneException(
                    "the model's metadata '" + prefix + "seed' is '" + text + "', expected a whole number", e);
        }
    }
}
