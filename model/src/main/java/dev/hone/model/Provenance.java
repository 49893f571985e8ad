package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.core.text.ShellWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a model comes from, enough to make it again: under {@code hone.provenance.} in the file's metadata the keys
 * {@code data}, {@code seed}, {@code version}, {@code runtime}, {@code arguments}, {@code parent}, {@code history} and
 * {@code done}. There is no date in it, so that the same run gives the same bytes.
 *
 * @param data revision of the training data, a hash of its files and labels
 * @param seed the random seed
 * @param version of Hone
 * @param runtime versions of ONNX Runtime and Java
 * @param arguments of the command, as given
 * @param parent SHA-256 of the file this one was made from, empty if it was made from nothing
 * @param history what happened in training, in a few words
 * @param done what was done to the model, in order, one line each
 */
public record Provenance(
        String data,
        long seed,
        String version,
        String runtime,
        List<String> arguments,
        String parent,
        String history,
        List<String> done) {
    public Provenance {
        arguments = List.copyOf(arguments);
        done = List.copyOf(done);
    }

    /** The provenance of a model made from this one's file: its hash as the parent, and one more thing done. */
    public Provenance then(String parentSha256, List<String> newArguments, String what) {
        List<String> more = new ArrayList<>(commands());
        more.add(what);
        return new Provenance(data, seed, version, runtime, newArguments, parentSha256, history, more);
    }

    /** What was done, the last step with its arguments, as a shell takes them. */
    public List<String> commands() {
        List<String> commands = new ArrayList<>(done);
        int last = commands.size() - 1;
        if (last >= 0 && !arguments.isEmpty() && commands.get(last).equals(arguments.get(0))) {
            commands.set(last, ShellWords.join(arguments));
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
                TextList.read(prefix + "done", metadata.getOrDefault(prefix + "done", "")));
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
