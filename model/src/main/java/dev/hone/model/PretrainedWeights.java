package dev.hone.model;

import dev.hone.graph.Model;
import java.util.Map;
import java.util.Optional;

/**
 * Weights of others that a model was trained on, and their license, which asks for a notice wherever they go. It stands in
 * the file's metadata and goes on to every model made from it:
 *
 * <pre>
 * hone.pretrained          what they are called, or the name of their file
 * hone.pretrained.sha256   of the file they came in
 * hone.pretrained.license  SPDX identifier or name of the license; empty if it is not known
 * hone.pretrained.notice   who made them and what the license asks to be passed on; empty if nothing is known
 * </pre>
 */
public record PretrainedWeights(String name, String sha256, String license, String notice) {
    private static final String KEY = "hone.pretrained";

    /** Puts them into a model's metadata, in place of others. */
    public void writeTo(Model model) {
        Map<String, String> metadata = model.metadata();
        metadata.put(KEY, name);
        metadata.put(KEY + ".sha256", sha256);
        metadata.put(KEY + ".license", license);
        metadata.put(KEY + ".notice", notice);
    }

    /** Those that a file's metadata name, if any. */
    public static Optional<PretrainedWeights> read(Map<String, String> metadata) {
        return Optional.ofNullable(metadata.get(KEY))
                .map(name -> new PretrainedWeights(
                        name,
                        metadata.getOrDefault(KEY + ".sha256", ""),
                        metadata.getOrDefault(KEY + ".license", ""),
                        metadata.getOrDefault(KEY + ".notice", "")));
    }
}
