package dev.hone.train.network;

import dev.hone.core.HoneException;
import java.util.function.Consumer;

/** What {@link Networks#build} needs to know of a network. Immutable; each {@code with} method returns a changed copy. */
public final class NetworkSpec {
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

    private final String architecture;
    private final int classes;
    private int channels = 3;
    private int height = 224;
    private int width = 224;
    private Normalization normalization = Normalization.imageNet();
    private double widthMultiplier = 1;
    private double depthMultiplier = 1;
    private Stem stem = Stem.CONV3;
    private Pooling pooling = Pooling.AVERAGE;
    private boolean squeezeExcite;
    private boolean zeroInit;
    private double dropout = -1;
    private long seed;

    private NetworkSpec(String architecture, int classes) {
        this.architecture = architecture;
        this.classes = classes;
    }

    /**
     * Defaults: 3 channels, 224 x 224, ImageNet's mean and standard deviation, everything else as published, seed 0.
     *
     * @param architecture a name of {@link Networks#names()}
     * @param classes how many classes the head tells apart, 2 or more
     */
    public static NetworkSpec of(String architecture, int classes) {
        require(classes >= 2, "number of classes", classes, "2 or more");
        return new NetworkSpec(architecture, classes);
    }

    private NetworkSpec changed(Consumer<NetworkSpec> change) {
        NetworkSpec copy = new NetworkSpec(architecture, classes);
        copy.channels = channels;
        copy.height = height;
        copy.width = width;
        copy.normalization = normalization;
        copy.widthMultiplier = widthMultiplier;
        copy.depthMultiplier = depthMultiplier;
        copy.stem = stem;
        copy.pooling = pooling;
        copy.squeezeExcite = squeezeExcite;
        copy.zeroInit = zeroInit;
        copy.dropout = dropout;
        copy.seed = seed;
        change.accept(copy);
        return copy;
    }

    private static void require(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            throw new HoneException(what + " is " + found + ", expected " + expected);
        }
    }

    /**
     * Another input.
     *
     * @param newChannels color channels, 1 (grayscale) or 3 (RGB)
     * @param newHeight in pixels
     * @param newWidth in pixels
     * @param newNormalization how pixels are brought to the range the first layer works in, inside the graph
     */
    public NetworkSpec withInput(int newChannels, int newHeight, int newWidth, Normalization newNormalization) {
        require(newChannels >= 1, "number of input channels", newChannels, "1 or more");
        require(newHeight >= 8 && newWidth >= 8, "input size", newHeight + " x " + newWidth, "8 x 8 or more");
        newNormalization.requireChannels(newChannels);
        return changed(s -> {
            s.channels = newChannels;
            s.height = newHeight;
            s.width = newWidth;
            s.normalization = newNormalization;
        });
    }

    /**
     * Another size of network.
     *
     * @param newWidth factor on the number of feature channels, rounded to multiples of 8
     * @param newDepth factor on the number of blocks per stage, rounded up
     */
    public NetworkSpec withMultipliers(double newWidth, double newDepth) {
        require(newWidth > 0, "width multiplier", newWidth, "more than 0");
        require(newDepth > 0, "depth multiplier", newDepth, "more than 0");
        return changed(s -> {
            s.widthMultiplier = newWidth;
            s.depthMultiplier = newDepth;
        });
    }

    /** How a {@code resnet-small} begins; the other architectures have their own stem. */
    public NetworkSpec withStem(Stem value) {
        return changed(s -> s.stem = value);
    }

    /** How the last feature map becomes one vector. */
    public NetworkSpec withPooling(Pooling value) {
        return changed(s -> s.pooling = value);
    }

    /** Whether residual blocks scale their channels by a gate; the mobile networks have their own gates. */
    public NetworkSpec withSqueezeExcite(boolean value) {
        return changed(s -> s.squeezeExcite = value);
    }

    /** Whether each residual branch starts as zero, so that the network starts shallow. */
    public NetworkSpec withZeroInit(boolean value) {
        return changed(s -> s.zeroInit = value);
    }

    /** Probability in front of the head, or negative for what the architecture was published with. */
    public NetworkSpec withDropout(double value) {
        require(value < 1, "dropout", value, "less than 1");
        return changed(s -> s.dropout = value);
    }

    /** The seed of the initial weights. */
    public NetworkSpec withSeed(long value) {
        return changed(s -> s.seed = value);
    }

    public String architecture() {
        return architecture;
    }

    public int classes() {
        return classes;
    }

    public int channels() {
        return channels;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    public Normalization normalization() {
        return normalization;
    }

    public Stem stem() {
        return stem;
    }

    public Pooling pooling() {
        return pooling;
    }

    public boolean squeezeExcite() {
        return squeezeExcite;
    }

    public boolean zeroInit() {
        return zeroInit;
    }

    public long seed() {
        return seed;
    }

    /** The dropout to use where an architecture was published with the given one. */
    double dropoutOr(double published) {
        return dropout < 0 ? published : dropout;
    }

    /** Channels after the width multiplier: a multiple of 8, never more than a tenth below what was asked for. */
    int scaled(double base) {
        return widthMultiplier == 1 ? (int) base : divisible(base * widthMultiplier);
    }

    /** The multiple of 8 that the mobile networks round to. */
    static int divisible(double wanted) {
        int rounded = Math.max(8, (int) (wanted + 4) / 8 * 8);
        return rounded < 0.9 * wanted ? rounded + 8 : rounded;
    }

    /** Blocks after the depth multiplier. */
    int repeated(int base) {
        return (int) Math.ceil(base * depthMultiplier);
    }
}
