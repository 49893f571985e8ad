package dev.hone.compress.stream;

import dev.hone.graph.Model;
import java.util.List;
import java.util.Map;

/** A way to store a model in fewer bits. */
public interface Format {
    /** All that the result depends on beside the model, in one line; it goes into the metadata of the model. */
    String description();

    /**
     * Rewrites the graph, whose weights are all initializers, for tensors that are made afterwards. It looks at types
     * and shapes and at small constants, never at the contents of large ones.
     *
     * @param storage where the new tensors are
     * @param left gets what stays as it is although it might be expected to change, by name, with the reason
     * @return how each new tensor is made
     * @throws dev.hone.compress.CompressionException if the model cannot be brought into this form
     */
    List<Conversion> apply(Model model, Storage storage, Map<String, String> left);
}
