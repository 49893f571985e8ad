/**
 * Weight-only quantization: blocks of 4 or 8 bits (nearest, HQQ, GPTQ) and dynamic INT8, converted matrix by matrix through
 * {@code stream}. Activations stay in FP32 here; static INT8 is in {@code quantize}.
 */
package dev.hone.compress.weights;
