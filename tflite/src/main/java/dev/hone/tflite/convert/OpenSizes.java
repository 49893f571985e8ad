package dev.hone.tflite.convert;

/** Which sizes of the inputs stay open in the graph. */
enum OpenSizes {
    /** All are numbers, as in the file. */
    FIXED,
    /** The batch is a symbol. */
    OPEN_BATCH,
    /** Batch, height and width are symbols. */
    OPEN
}
