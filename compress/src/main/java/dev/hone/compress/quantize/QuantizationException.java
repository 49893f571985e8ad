package dev.hone.compress.quantize;

import dev.hone.core.HoneException;

/** A model or calibration data that cannot be quantized; one line that names the tensor or node. */
public class QuantizationException extends HoneException {
    public QuantizationException(String message) {
        super(message);
    }
}
