/**
 * Sessions of ONNX Runtime, native tensors, devices, threads and latency measurement. The only package that uses ONNX
 * Runtime; it knows serialized models, not graphs.
 */
package dev.hone.runtime;
