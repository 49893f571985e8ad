/**
 * Static INT8: calibration, ranges and scales, rounding of weights, writing of QuantizeLinear and DequantizeLinear, and the
 * plan that keeps in FP32 what is faster or more accurate there. Weights alone are quantized in {@code weights}, training
 * with rounding is in {@code qat}.
 */
package dev.hone.compress.quantize;
