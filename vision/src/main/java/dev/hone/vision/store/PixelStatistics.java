package dev.hone.vision.store;

/** Mean and standard deviation of each channel over a set of images, 0..255. */
public record PixelStatistics(float[] mean, float[] deviation) {

    public static PixelStatistics of(ImageStore store, int[] indices, ImageStore.Form form) {
        int plane = form.height() * form.width();
        double[] sum = new double[form.channels()];
        double[] squares = new double[form.channels()];
        byte[] pixels = new byte[form.bytes()];
        for (int index : indices) {
            store.read(index, pixels);
            for (int i = 0; i < pixels.length; i++) {
                int value = pixels[i] & 0xFF;
                sum[i / plane] += value;
                squares[i / plane] += value * value;
            }
        }
        double n = (double) plane * indices.length;
        float[] mean = new float[sum.length];
        float[] deviation = new float[sum.length];
        for (int c = 0; c < sum.length; c++) {
            mean[c] = (float) (sum[c] / n);
            deviation[c] = (float) Math.max(1, Math.sqrt(squares[c] / n - mean[c] * mean[c]));
        }
        return new PixelStatistics(mean, deviation);
    }
}
