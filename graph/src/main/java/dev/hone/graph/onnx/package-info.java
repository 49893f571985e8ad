/**
 * ONNX files. The only package that knows protobuf: {@link dev.hone.graph.onnx.OnnxReader} makes a {@link
 * dev.hone.graph.Model} of a file, {@link dev.hone.graph.onnx.OnnxWriter} a file of a model. What Hone does not
 * interpret (training information, device configurations, annotations) is carried along in serialized form.
 */
package dev.hone.graph.onnx;
