package dev.hone.data;

import java.util.Locale;

/** The part of a data set that a sample belongs to. */
public enum Split {
    TRAIN,
    VALIDATION,
    TEST,
    /** The data set does not say; such samples may be used for anything. */
    NONE;

    /** The split that a folder or a CSV cell names (train, training, val, valid, validation, test, ...), or null. */
    public static Split named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "train", "training" -> TRAIN;
            case "val", "valid", "validation", "dev" -> VALIDATION;
            case "test", "testing" -> TEST;
            case "" -> NONE;
            default -> null;
        };
    }

    /** The name as it is written in folders and CSV files. */
    public String word() {
        return this == NONE ? "" : this == VALIDATION ? "val" : name().toLowerCase(Locale.ROOT);
    }
}
