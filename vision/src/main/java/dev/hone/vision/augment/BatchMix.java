package dev.hone.vision.augment;

import dev.hone.data.SeededRandom;

/**
 * How the images of a batch are mixed with each other, and their targets with them. Mixup (Zhang et al. 2018): image i
 * becomes {@code share * i + (1 - share) * partner(i)}. CutMix (Yun et al. 2019): a box of image i is filled from its partner.
 *
 * @param share of image i in its target, the same for the whole batch
 * @param partner a permutation of the batch
 * @param box what comes from the partner; null where whole images are mixed
 */
public record BatchMix(double share, int[] partner, Box box) {
    /** Rows {@code top} to before {@code bottom}, columns {@code left} to before {@code right}. */
    public record Box(int top, int left, int bottom, int right) {
        long area() {
            return (long) (bottom - top) * (right - left);
        }
    }

    /**
     * Samples what the augmentation asks for; of mixup and CutMix, where both are on, each batch gets one by chance.
     *
     * @return null if neither is on
     */
    public static BatchMix sample(Augmentation how, int size, int height, int width, SeededRandom random) {
        if (how.mixup() == 0 && how.cutmix() == 0) {
            return null;
        }
        boolean cut = how.mixup() == 0 || how.cutmix() > 0 && random.chance(0.5);
        return cut ? cutmix(how.cutmix(), size, height, width, random) : mixup(how.mixup(), size, random);
    }

    /** Samples the share, of which the larger part of Beta(alpha, alpha) is taken, and the partners as a random permutation. */
    static BatchMix mixup(double alpha, int size, SeededRandom random) {
        double share = beta(alpha, random);
        return new BatchMix(Math.max(share, 1 - share), permutation(size, random), null);
    }

    /**
     * Samples a share from Beta(alpha, alpha) and a box with the rest of the area, its center anywhere in the image; what of
     * the box lies outside is lost, and the share is that of the pixels that stay.
     */
    static BatchMix cutmix(double alpha, int size, int height, int width, SeededRandom random) {
        double side = Math.sqrt(1 - beta(alpha, random));
        int half = (int) (height * side) / 2;
        int halfWidth = (int) (width * side) / 2;
        int y = random.below(height);
        int x = random.below(width);
        Box box = new Box(
                Math.max(0, y - half),
                Math.max(0, x - halfWidth),
                Math.min(height, y + half),
                Math.min(width, x + halfWidth));
        double share = 1 - (double) box.area() / ((long) height * width);
        return new BatchMix(share, permutation(size, random), box);
    }

    /**
     * A mixed image.
     *
     * @param image uint8 [C,H,W]
     * @param other its partner, of the same size
     * @param width W
     * @param plane H * W
     * @return values 0..255
     */
    public float[] apply(byte[] image, byte[] other, int width, int plane) {
        float[] mixed = new float[image.length];
        float whole = (float) share;
        for (int i = 0; i < image.length; i++) {
            if (box == null) {
                mixed[i] = whole * (image[i] & 0xff) + (1 - whole) * (other[i] & 0xff);
            } else {
                mixed[i] = (isInside(i % plane / width, i % width) ? other : image)[i] & 0xff;
            }
        }
        return mixed;
    }

    private boolean isInside(int y, int x) {
        return y >= box.top() && y < box.bottom() && x >= box.left() && x < box.right();
    }

    private static int[] permutation(int size, SeededRandom random) {
        int[] partner = new int[size];
        for (int i = 0; i < size; i++) {
            partner[i] = i;
        }
        random.shuffle(partner);
        return partner;
    }

    private static double beta(double alpha, SeededRandom random) {
        double a = gamma(alpha, random);
        double b = gamma(alpha, random);
        return a + b == 0 ? 1 : a / (a + b);
    }

    /** Gamma(shape, 1) by Marsaglia and Tsang (2000). */
    private static double gamma(double shape, SeededRandom random) {
        if (shape < 1) {
            return gamma(shape + 1, random) * Math.pow(1 - random.uniform(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.gaussian();
            double v = 1 + c * x;
            if (v > 0 && Math.log(1 - random.uniform()) < x * x / 2 + d - d * v * v * v + 3 * d * Math.log(v)) {
                return d * v * v * v;
            }
        }
    }
}
