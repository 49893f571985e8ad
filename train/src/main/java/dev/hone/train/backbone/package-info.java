/** Pretrained networks that features are taken from: the known ones, and any ONNX file. */
package dev.hone.train.backbone;
