package dev.hone.train.network;

import dev.hone.core.HoneException;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Map;

/** How raw pixels [N,C,H,W], floats from 0 to 255, become what the first layer sees. It is part of the model's graph. */
public sealed interface Normalization {

    /** {@code (x - mean) / std}, both per channel, in units of pixel values. */
    record Dataset(float[] mean, float[] std) implements Normalization {
        public Dataset {
            if (mean.length != std.length) {
                throw new HoneException("normalization has " + mean.length + " means and " + std.length
                        + " standard deviations, expected one of each per channel");
            }
            for (float s : std) {
                requirePositive(s);
            }
        }

        @Override
        public void requireChannels(int channels) {
            if (mean.length != channels) {
                throw new HoneException("normalization is for " + mean.length + " channels, the input has " + channels);
            }
        }

        @Override
        public Value apply(Ops o, Value x) {
            long c = mean.length;
            float[] scale = new float[std.length];
            for (int i = 0; i < scale.length; i++) {
                scale[i] = 1 / std[i];
            }
            Value centred = o.sub(x, o.constant(Tensor.ofFloats(mean, 1, c, 1, 1)));
            return o.mul(centred, o.constant(Tensor.ofFloats(scale, 1, c, 1, 1)));
        }

        @Override
        public String toString() {
            return "dataset mean " + Arrays.toString(mean) + " std " + Arrays.toString(std);
        }
    }

    /**
     * Each image by its own mean and standard deviation over all pixels and channels: {@code (x - m) / sqrt(v + 64)}.
     * It takes out the lighting; the 64 keeps the noise of an even image from being blown up.
     */
    record Image() implements Normalization {
        @Override
        public Value apply(Ops o, Value x) {
            Value centred = o.sub(x, o.reduceMean(x, true, 1, 2, 3));
            Value variance = o.reduceMean(o.mul(centred, centred), true, 1, 2, 3);
            return o.div(centred, o.op("Sqrt", o.add(variance, 64)));
        }

        @Override
        public String toString() {
            return "image";
        }
    }

    /**
     * Each pixel by the mean and the standard deviation of its surroundings, a square window: {@code d / (sqrt(mean(d *
     * d)) + 4)} with {@code d = x - mean(x)}. It takes out uneven lighting and shows faint defects.
     *
     * @param window side of the square in pixels, odd
     */
    record Local(int window) implements Normalization {
        public Local {
            if (window < 3 || window % 2 == 0) {
                throw new HoneException(
                        "window of local normalization is " + window + ", expected an odd number from 3");
            }
        }

        @Override
        public Value apply(Ops o, Value x) {
            Value d = o.sub(x, mean(o, x));
            return o.div(d, o.add(o.op("Sqrt", mean(o, o.mul(d, d))), 4));
        }

        /** The mean over the part of the window that is inside the image. */
        private Value mean(Ops o, Value x) {
            long w = window;
            long p = window / 2;
            Value rows =
                    o.op("AveragePool", Map.of("kernel_shape", new long[] {w, 1}, "pads", new long[] {p, 0, p, 0}), x);
            return o.op(
                    "AveragePool", Map.of("kernel_shape", new long[] {1, w}, "pads", new long[] {0, p, 0, p}), rows);
        }

        @Override
        public String toString() {
            return "local " + window;
        }
    }

    /** {@code (x - mean) / std}, the same for every channel, in units of pixel values. */
    record Uniform(float mean, float std) implements Normalization {
        public Uniform {
            requirePositive(std);
        }

        @Override
        public Value apply(Ops o, Value x) {
            return o.mul(o.add(x, -mean), 1 / std);
        }

        @Override
        public String toString() {
            return "mean " + mean + " std " + std;
        }
    }

    /** Pixels stay as they are: what follows takes values from 0 to 255. */
    record Raw() implements Normalization {
        @Override
        public Value apply(Ops o, Value x) {
            return x;
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /** Appends the nodes. */
    Value apply(Ops o, Value x);

    /** Fails if this is made for another number of channels. */
    default void requireChannels(int channels) {}

    static Normalization dataset(float[] mean, float[] std) {
        return new Dataset(mean, std);
    }

    /** The mean and standard deviation that networks trained on ImageNet use, times 255. */
    static Normalization imageNet() {
        return new Dataset(new float[] {123.675f, 116.28f, 103.53f}, new float[] {58.395f, 57.12f, 57.375f});
    }

    private static void requirePositive(float std) {
        if (!(std > 0)) {
            throw new HoneException("standard deviation " + std + " of the pixels is not positive");
        }
    }

    /** One mean and one standard deviation for every channel. */
    static Normalization uniform(int channels, float mean, float std) {
        float[] means = new float[channels];
        float[] stds = new float[channels];
        Arrays.fill(means, mean);
        Arrays.fill(stds, std);
        return new Dataset(means, stds);
    }
}
