/** Quantization-aware training: a model learns weights and steps with the rounding of its integers in place. */
package dev.hone.compress.qat;
