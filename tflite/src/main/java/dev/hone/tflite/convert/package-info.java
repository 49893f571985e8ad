/** From the operators of TFLite to those of ONNX: a table of rules, and the walker that has what they share. */
package dev.hone.tflite.convert;
