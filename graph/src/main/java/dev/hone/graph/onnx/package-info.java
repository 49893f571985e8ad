/**
 * Reading and writing ONNX files ({@link dev.hone.graph.onnx.OnnxReader}, {@link dev.hone.graph.onnx.OnnxWriter}). The
 * only package that uses protobuf. Fields that Hone does not interpret (training information, device configurations,
 * annotations) are preserved in serialized form.
 */
package dev.hone.graph.onnx;
