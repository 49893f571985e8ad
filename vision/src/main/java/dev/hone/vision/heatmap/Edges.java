package dev.hone.vision.heatmap;

/** Edge detection as a trivial attribution map: an explanation should agree with masks better than edges do. */
public final class Edges {
    private Edges() {}

    /**
     * Magnitude of the Sobel gradient of the channel mean; border pixels are replicated.
     *
     * @param image [C,H,W]
     */
    public static HeatMap sobel(float[] image, int channels, int height, int width) {
        float[] gray = HeatMap.signed(image, channels, height, width).values();
        float[] edges = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double across = 0;
                double down = 0;
                for (int k = -1; k <= 1; k++) {
                    int weight = 2 - Math.abs(k);
                    across += weight * (at(gray, height, width, y + k, x + 1) - at(gray, height, width, y + k, x - 1));
                    down += weight * (at(gray, height, width, y + 1, x + k) - at(gray, height, width, y - 1, x + k));
                }
                edges[y * width + x] = (float) (Math.hypot(across, down) / channels);
            }
        }
        return new HeatMap(height, width, edges, false);
    }

    private static double at(float[] values, int height, int width, int y, int x) {
        return values[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
    }
}
