package dev.hone.vision.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The image files that are read. What a file is, is decided by its first bytes, never by its name. */
enum Container {
    PNG("\u0089PNG\r\n\u001a\n"),
    JPEG("\u00ff\u00d8\u00ff"),
    BMP("BM"),
    /** Classic TIFF and BigTIFF, both byte orders. */
    TIFF("II*\0", "MM\0*", "II+\0", "MM\0+");

    /** Bytes of a file that are enough to know it. */
    static final int HEAD = 8;

    private final List<byte[]> signatures;

    Container(String... signatures) {
        this.signatures = Arrays.stream(signatures)
                .map(s -> s.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** The container of a file that starts with {@code head}; null if it is none of these. */
    static Container of(byte[] head) {
        for (Container container : values()) {
            for (byte[] signature : container.signatures) {
                if (head.length >= signature.length
                        && Arrays.equals(head, 0, signature.length, signature, 0, signature.length)) {
                    return container;
                }
            }
        }
        return null;
    }

    /** A new decoder, to be disposed of. */
    ImageReader reader() throws IIOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name());
        if (!readers.hasNext()) {
            throw new IIOException("this Java has no decoder for " + name());
        }
        return readers.next();
    }
}
