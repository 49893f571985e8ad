package dev.hone.compress;

import dev.hone.core.HoneException;

/** A model or calibration data that cannot be quantized; one line that names the tensor or node. */
public class CompressionException extends HoneException {
    public CompressionException(String message) {
        super(message);
    }
}
