/**
 * Sessions over ONNX Runtime, native tensors, devices, threads, measuring. The only package that sees ONNX Runtime; it
 * knows model bytes, not graphs.
 */
package dev.hone.runtime;
