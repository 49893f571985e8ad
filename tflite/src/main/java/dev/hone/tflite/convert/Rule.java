package dev.hone.tflite.convert;

/** Writes one operator of TFLite in operators of ONNX: reads its inputs from the context and puts its outputs there. */
@FunctionalInterface
interface Rule {
    void apply(OperatorContext c);
}
