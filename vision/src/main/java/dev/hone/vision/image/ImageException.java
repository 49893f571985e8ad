package dev.hone.vision.image;

import dev.hone.core.HoneException;

/** An image or a data set that cannot be read or written; the message is one line that starts with the file's name. */
public class ImageException extends HoneException {
    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
