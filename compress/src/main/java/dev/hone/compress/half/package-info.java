/**
 * Models in 16-bit floats: {@code float16} and {@code bfloat16}, with nodes that fall back to FP32 where their range is
 * not enough.
 */
package dev.hone.compress.half;
