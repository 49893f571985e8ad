package dev.hone.vision.augment;

/**
 * How training images are varied. Every range is sampled anew for every image and epoch; a range of 0 (or a probability
 * of 0) turns that part off.
 *
 * @param flipHorizontal probability of mirroring left and right
 * @param flipVertical probability of mirroring top and bottom
 * @param quarterTurns probability of a turn by 90, 180 or 270 degrees (only 180 where height and width differ)
 * @param rotation largest turn in degrees, either way
 * @param shift largest shift as a fraction of the side, either way
 * @param zoomOut smallest scale, for example 0.9: the image shrinks to nine tenths, its border is mirrored outwards
 * @param zoomIn largest scale, for example 1.15
 * @param brightness largest change of brightness as a fraction of 255, either way
 * @param contrast largest relative change of contrast about the image's mean, either way
 * @param blurProbability how often the image is blurred
 * @param blurSigma largest standard deviation of the Gaussian blur, in pixels
 * @param noiseProbability how often noise is added
 * @param noise largest standard deviation of the Gaussian noise, in gray levels
 * @param cutoutProbability how often a rectangle is filled with the image's mean
 * @param cutout largest side of that rectangle as a fraction of the image's
 * @param mixup parameter of the Beta(a, a) distribution by which two images of a batch are mixed; 0 for none
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
        double mixup) {

    /** Nothing is varied: validation, test, prediction. */
    public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * For surfaces photographed from above, where a defect is a defect whichever way up the part lies. Half turns come
     * from the two flips; quarter turns are off since parts mostly lie one way, and texture runs with it. The
     * ranges are small: cameras on a line do not move much, and stronger ones cost more epochs than they gain.
     */
    public static final Augmentation INSPECTION =
            new Augmentation(0.5, 0.5, 0, 3, 0.04, 0.95, 1.08, 0.05, 0.1, 0.05, 0.8, 0.05, 4, 0, 0.25, 0);

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

    /** A copy with neighboring components replaced, the first counted from 0. */
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
            mixup
        };
        System.arraycopy(values, 0, v, first, values.length);
        return new Augmentation(
                v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15]);
    }
}
