package dev.hone.compress.plan;

/** In which form a value goes from one segment of a network to the next. */
public enum Border {
    FLOAT,
    BYTES
}
