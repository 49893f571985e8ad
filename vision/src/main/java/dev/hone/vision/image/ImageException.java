package dev.hone.vision.image;

import dev.hone.core.HoneException;

/** An image or a data set cannot be read or written. The message is one line that starts with the file name. */
public class ImageException extends HoneException {
    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
