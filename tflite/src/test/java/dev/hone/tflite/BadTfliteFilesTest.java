package dev.hone.tflite;

class BadTfliteFilesTest {}
