package dev.hone.explain;

/** Bilinear interpolation, half-pixel centres (ONNX Resize's {@code half_pixel}, PyTorch's {@code align_corners=False}). */
final class Bilinear {
    private Bilinear() {}

    /** Between four neighbours, {@code down} and {@code right} being from 0 to 1. */
    static float between(float[][] cells, int top, int left, double down, double right) {
        double above = cells[top][left] * (1 - right) + cells[top][left + 1] * right;
        double below = cells[top + 1][left] * (1 - right) + cells[top + 1][left + 1] * right;
        return (float) (above * (1 - down) + below * down);
    }

    /** A map [height,width] brought to another size. */
    static float[] resized(float[] map, int height, int width, int toHeight, int toWidth) {
        float[] resized = new float[toHeight * toWidth];
        for (int y = 0; y < toHeight; y++) {
            double v = Math.max(0, (y + 0.5) * height / toHeight - 0.5);
            int top = Math.min((int) v, height - 1);
            int bottom = Math.min(top + 1, height - 1);
            for (int x = 0; x < toWidth; x++) {
                double u = Math.max(0, (x + 0.5) * width / toWidth - 0.5);
                int left = Math.min((int) u, width - 1);
                int right = Math.min(left + 1, width - 1);
                float[][] corners = {
                    {map[top * width + left], map[top * width + right]},
                    {map[bottom * width + left], map[bottom * width + right]}
                };
                resized[y * toWidth + x] = between(corners, 0, 0, v - top, u - left);
            }
        }
        return resized;
    }
}
