package dev.hone.train.network;

import dev.hone.graph.HoneException;

/**
 * What {@link Networks#build} needs to know of a network. Immutable; each {@code with} method returns a changed copy.
 *
 * @param architecture a name of {@link Networks#names()}
 * @param classes how many classes the head tells apart, 2 or more
 * @param channels colour channels of the input, 1 (grey) or 3 (red, green, blue)
 * @param height of the input in pixels
 * @param width of the input in pixels
 * @param widthMultiplier factor on the number of feature channels, rounded to multiples of 8
 * @param depthMultiplier factor on the number of blocks per stage, rounded up
 * @param normalization how pixels are brought to the range the first layer works in, inside the graph
 * @param stem how a {@code resnet-small} begins; the other architectures have their own
 * @param pooling how the last feature map becomes one vector
 * @param squeezeExcite whether residual blocks scale their channels by a gate (the mobile networks have their own)
 * @param zeroInit whether each residual branch starts as zero, so that the network starts shallow
 * @param dropout probability in front of the head, or negative for what the architecture was published with
 * @param seed of the initial weights
 */
public record NetworkSpec(
        String architecture,
        int classes,
        int channels,
        int height,
        int width,
        double widthMultiplier,
        double depthMultiplier,
        Normalization normalization,
        Stem stem,
        Pooling pooling,
        boolean squeezeExcite,
        boolean zeroInit,
        double dropout,
        long seed) {

    /** How a small residual network begins. */
    public enum Stem {
        /** One 3 x 3 convolution of stride 2. */
        CONV3,
        /** Two 3 x 3 convolutions of stride 2, the first with half the channels. */
        CONV3_TWICE,
        /** A 3 x 3 convolution of stride 2 and max pooling of stride 2. */
        CONV3_POOL
    }

    /** How a feature map becomes one vector. */
    public enum Pooling {
        AVERAGE,
        /** Average and maximum of each channel, one after the other: small defects leave a trace in the maximum. */
        AVERAGE_AND_MAX
    }

    public NetworkSpec {
        require(classes >= 2, "number of classes", classes, "2 or more");
        require(channels >= 1, "number of input channels", channels, "1 or more");
        require(height >= 8 && width >= 8, "input size", height + " x " + width, "8 x 8 or more");
        require(widthMultiplier > 0, "width multiplier", widthMultiplier, "more than 0");
        require(depthMultiplier > 0, "depth multiplier", depthMultiplier, "more than 0");
        require(dropout < 1, "dropout", dropout, "less than 1");
        normalization.requireChannels(channels);
    }

    private static void require(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            throw new HoneException(what + " is " + found + ", expected " + expected);
        }
    }

    /** Defaults: 3 channels, 224 x 224, ImageNet's mean and standard deviation, everything else as published. */
    public static NetworkSpec of(String architecture, int classes) {
        return new NetworkSpec(
                architecture,
                classes,
                3,
                224,
                224,
                1,
                1,
                Normalization.imageNet(),
                Stem.CONV3,
                Pooling.AVERAGE,
                false,
                false,
                -1,
                0);
    }

    /** Another input; the normalization has to fit its channels. */
    public NetworkSpec withInput(int newChannels, int newHeight, int newWidth, Normalization newNormalization) {
        return new NetworkSpec(
                architecture,
                classes,
                newChannels,
                newHeight,
                newWidth,
                widthMultiplier,
                depthMultiplier,
                newNormalization,
                stem,
                pooling,
                squeezeExcite,
                zeroInit,
                dropout,
                seed);
    }

    public NetworkSpec withMultipliers(double newWidth, double newDepth) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                newWidth,
                newDepth,
                normalization,
                stem,
                pooling,
                squeezeExcite,
                zeroInit,
                dropout,
                seed);
    }

    public NetworkSpec withStem(Stem newStem) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                widthMultiplier,
                depthMultiplier,
                normalization,
                newStem,
                pooling,
                squeezeExcite,
                zeroInit,
                dropout,
                seed);
    }

    public NetworkSpec withPooling(Pooling newPooling) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                widthMultiplier,
                depthMultiplier,
                normalization,
                stem,
                newPooling,
                squeezeExcite,
                zeroInit,
                dropout,
                seed);
    }

    public NetworkSpec withSqueezeExcite(boolean value) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                widthMultiplier,
                depthMultiplier,
                normalization,
                stem,
                pooling,
                value,
                zeroInit,
                dropout,
                seed);
    }

    public NetworkSpec withZeroInit(boolean value) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                widthMultiplier,
                depthMultiplier,
                normalization,
                stem,
                pooling,
                squeezeExcite,
                value,
                dropout,
                seed);
    }

    public NetworkSpec withDropout(double value) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                widthMultiplier,
                depthMultiplier,
                normalization,
                stem,
                pooling,
                squeezeExcite,
                zeroInit,
                value,
                seed);
    }

    public NetworkSpec withSeed(long value) {
        return new NetworkSpec(
                architecture,
                classes,
                channels,
                height,
                width,
                widthMultiplier,
                depthMultiplier,
                normalization,
                stem,
                pooling,
                squeezeExcite,
                zeroInit,
                dropout,
                value);
    }

    /** The dropout to use where an architecture was published with the given one. */
    double dropoutOr(double published) {
        return dropout < 0 ? published : dropout;
    }

    /** Channels after the width multiplier: a multiple of 8, never more than a tenth below what was asked for. */
    int scaled(double base) {
        if (widthMultiplier == 1) {
            return (int) base;
        }
        double wanted = base * widthMultiplier;
        int rounded = Math.max(8, (int) (wanted + 4) / 8 * 8);
        return rounded < 0.9 * wanted ? rounded + 8 : rounded;
    }

    /** Blocks after the depth multiplier. */
    int repeated(int base) {
        return (int) Math.ceil(base * depthMultiplier);
    }
}
