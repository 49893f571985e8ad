package dev.hone.model;

import dev.hone.data.table.TableSchema;

/** What a model takes. */
public sealed interface InputSpec {
    /**
     * Images: float [N,C,H,W] with raw pixel values from 0 to 255; normalization is part of the graph.
     *
     * @param channels 1 (grayscale) or 3 (red, green, blue)
     * @param height in pixels
     * @param width in pixels
     * @param resize how images are brought to that size: stretch or letterbox
     */
    record OfImage(int channels, int height, int width, String resize) implements InputSpec {}

    /**
     * Rows of a table: {@code numbers}, float [N,F] with NaN where a number is missing, and {@code categories}, int64 [N,C]
     * of indices of levels, 0 where a level is not known; see {@link TableSchema}. Standardization, the handling of missing
     * numbers and one-hot encoding are part of the graph.
     */
    record OfRow(TableSchema schema) implements InputSpec {}
}
