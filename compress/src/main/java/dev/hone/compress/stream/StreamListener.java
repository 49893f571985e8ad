package dev.hone.compress.stream;

/** Hears how far a conversion is, and may stop it. */
public interface StreamListener {
    StreamListener NONE = (done, total) -> {};

    /** Called from several threads, one at a time. @param done bytes read so far, of {@code total} */
    void progress(long done, long total);

    /** Whether to stop at the next opportunity; what is finished by then is kept for the next run. */
    default boolean stops() {
        return false;
    }

    /** Said once, before the work: an earlier run that was interrupted is gone on with. */
    default void resumed(long done, long total) {}
}
