package dev.hone.compress.quantize;

/**
 * A quantized model and how it was planned.
 *
 * @param quantization the model; the FP32 model, unchanged but for its metadata, where no plan was faster
 */
public record MeasuredResult(QuantizationResult quantization, PlanReport report) {}
