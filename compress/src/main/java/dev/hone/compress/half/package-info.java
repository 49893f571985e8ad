/** Models in 16-bit floats: {@code float16} and {@code bfloat16}, with islands of float where their range is not enough. */
package dev.hone.compress.half;
