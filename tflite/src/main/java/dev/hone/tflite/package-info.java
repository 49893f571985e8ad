/**
 * Reading TFLite files as Hone's models ({@link dev.hone.tflite.TfliteReader}). Everything else of Hone sees the ONNX graph
 * that comes of it.
 */
package dev.hone.tflite;
