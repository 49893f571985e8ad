package dev.hone.vision.augment;

/**
 * Augmentation of training images. Parameters are sampled for every image and epoch; a range or probability of 0
 * disables a transformation.
 *
 * @param flipHorizontal probability of a horizontal flip
 * @param flipVertical probability of a vertical flip
 * @param quarterTurns probability of a rotation by 90, 180 or 270 degrees (only 180 if height and width differ)
 * @param rotation maximum rotation in degrees, in either direction
 * @param shift maximum translation as a fraction of the side, in either direction
 * @param zoomOut smallest scale, for example 0.9; the uncovered border is filled by reflection
 * @param zoomIn largest scale, for example 1.15
 * @param brightness maximum change of brightness as a fraction of 255, in either direction
 * @param contrast maximum relative change of contrast about the image's mean, in either direction
 * @param blurProbability probability of a Gaussian blur
 * @param blurSigma maximum standard deviation of the Gaussian blur, in pixels
 * @param noiseProbability probability of additive Gaussian noise
 * @param noise maximum standard deviation of the Gaussian noise, in gray levels
 * @param cutoutProbability probability of cutout: a rectangle is filled with the image's mean
 * @param cutout maximum side of the cutout rectangle as a fraction of the image's side
 * @param mixup parameter a of mixup's Beta(a, a) distribution; 0 for no mixup
 * @param cutmix parameter a of CutMix's Beta(a, a) distribution; 0 for no CutMix
 * @param randAugment magnitude 0..10 of two operations of RandAugment for each image, those that leave a defect visible; 0
 *     for none
 */
public record Augmentation(
        double flipHorizontal,
        double flipVertical,
        double quarterTurns,
        double rotation,
        double shift,
        double zoomOut,
        double zoomIn,
        double brightness,
        double contrast,
        double blurProbability,
        double blurSigma,
        double noiseProbability,
        double noise,
        double cutoutProbability,
        double cutout,
        double mixup,
        double cutmix,
        double randAugment) {

    /** No augmentation: for validation, test and prediction. */
    public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * For images of surfaces taken from above, where orientation does not change the class. The two flips together give
     * half turns. Quarter turns are off, since parts mostly lie one way and their texture with them. Ranges are small:
     * cameras on a production line hardly move, and stronger augmentation needs more epochs than it gains.
     */
    public static final Augmentation INSPECTION =
            new Augmentation(0.5, 0.5, 0, 3, 0.04, 0.95, 1.08, 0.05, 0.1, 0.05, 0.8, 0.05, 4, 0, 0.25, 0, 0, 0);

    public Augmentation {
        probability("flipHorizontal", flipHorizontal);
        probability("flipVertical", flipVertical);
        probability("quarterTurns", quarterTurns);
        probability("blurProbability", blurProbability);
        probability("noiseProbability", noiseProbability);
        probability("cutoutProbability", cutoutProbability);
        range("rotation", rotation, 0, 180);
        range("shift", shift, 0, 1);
        range("zoomOut", zoomOut, 0.1, 1);
        range("zoomIn", zoomIn, 1, 10);
        range("brightness", brightness, 0, 1);
        range("contrast", contrast, 0, 1);
        range("blurSigma", blurSigma, 0, 5);
        range("noise", noise, 0, 255);
        range("cutout", cutout, 0, 1);
        range("mixup", mixup, 0, 100);
        range("cutmix", cutmix, 0, 100);
        range("randAugment", randAugment, 0, 10);
    }

    private static void probability(String name, double value) {
        range(name, value, 0, 1);
    }

    private static void range(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(name + " " + value + " is not in " + low + ".." + high);
        }
    }

    public Augmentation withFlips(double horizontal, double vertical) {
        return with(0, horizontal, vertical);
    }

    public Augmentation withQuarterTurns(double probability) {
        return with(2, probability);
    }

    public Augmentation withGeometry(double degrees, double shiftBy, double smallest, double largest) {
        return with(3, degrees, shiftBy, smallest, largest);
    }

    public Augmentation withBrightnessAndContrast(double brightnessBy, double contrastBy) {
        return with(7, brightnessBy, contrastBy);
    }

    public Augmentation withBlur(double probability, double sigma) {
        return with(9, probability, sigma);
    }

    public Augmentation withNoise(double probability, double grayLevels) {
        return with(11, probability, grayLevels);
    }

    public Augmentation withCutout(double probability, double side) {
        return with(13, probability, side);
    }

    public Augmentation withMixup(double alpha) {
        return with(15, alpha);
    }

    public Augmentation withCutmix(double alpha) {
        return with(16, alpha);
    }

    public Augmentation withRandAugment(double magnitude) {
        return with(17, magnitude);
    }

    /** A copy with consecutive components replaced, from index {@code first} on. */
    private Augmentation with(int first, double... values) {
        double[] v = {
            flipHorizontal,
            flipVertical,
            quarterTurns,
            rotation,
            shift,
            zoomOut,
            zoomIn,
            brightness,
            contrast,
            blurProbability,
            blurSigma,
            noiseProbability,
            noise,
            cutoutProbability,
            cutout,
            mixup,
            cutmix,
            randAugment
        };
        System.arraycopy(values, 0, v, first, values.length);
        return new Augmentation(
                v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15], v[16], v[17]);
    }
}
