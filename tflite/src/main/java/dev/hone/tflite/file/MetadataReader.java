package dev.hone.tflite.file;

import java.nio.ByteBuffer;

final class MetadataReader {
    private MetadataReader() {}

    static TfliteMetadata read(ByteBuffer file, ByteBuffer metadata) {
        return TfliteMetadata.NONE;
    }
}
