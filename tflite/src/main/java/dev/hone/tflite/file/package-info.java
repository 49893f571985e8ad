/** What stands in a TFLite file, as records, read after the field numbers of its published schema. Only it sees FlatBuffers. */
package dev.hone.tflite.file;
