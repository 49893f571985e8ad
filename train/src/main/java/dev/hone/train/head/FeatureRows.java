package dev.hone.train.head;

/** A matrix of features [rows, width], one row per image, that may be larger than memory. Reading is thread-safe. */
public interface FeatureRows extends AutoCloseable {
    int rows();

    int width();

    /** Copies rows {@code from} to {@code from + count} to the start of {@code to}, row after row. */
    void read(int from, int count, float[] to);

    @Override
    void close();

    /** Rows in memory. @param values row after row */
    static FeatureRows of(float[] values, int width) {
        return new FeatureRows() {
            @Override
            public int rows() {
                return values.length / width;
            }

            @Override
            public int width() {
                return width;
            }

            @Override
            public void read(int from, int count, float[] to) {
                System.arraycopy(values, from * width, to, 0, count * width);
            }

            @Override
            public void close() {}
        };
    }
}
