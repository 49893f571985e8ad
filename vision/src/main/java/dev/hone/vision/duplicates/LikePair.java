package dev.hone.vision.duplicates;

/**
 * Two images that show the same thing.
 *
 * @param first index of a sample
 * @param second index of a later sample
 * @param likeness correlation of what the images have of their own, up to 1
 */
public record LikePair(int first, int second, Kind kind, double likeness) {
    /** How two images are alike. */
    public enum Kind {
        /** Equal pixels, in files that may differ. */
        EQUAL("equal pixels"),
        /** The same structure in the same place: saved again, resized, brightened, or the same part. */
        ALIKE("same part or copy"),
        /** The same, turned by right angles or mirrored. */
        TURNED("turned or mirrored");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** As it is written for users. */
        public String words() {
            return words;
        }
    }
}
