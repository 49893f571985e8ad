package dev.hone.train.head;

import dev.hone.core.HoneException;

/**
 * What a head is fitted to.
 *
 * @param values components of the images, [n,width], row after row
 * @param width components per image
 * @param labels index of the class of each image
 * @param classes number of classes, 2 or more
 */
public record HeadSamples(float[] values, int width, int[] labels, int classes) {
    public HeadSamples {
        if (values.length != labels.length * width) {
            throw new HoneException(values.length + " values are no rows of " + width + " for " + labels.length
                    + " samples, expected " + labels.length * width);
        }
        if (classes < 2) {
            throw new HoneException("there are " + classes + " classes, expected 2 or more");
        }
    }

    public int size() {
        return labels.length;
    }

    /** Some of the samples. */
    HeadSamples only(int[] indices) {
        float[] some = new float[indices.length * width];
        int[] of = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(values, indices[i] * width, some, i * width, width);
            of[i] = labels[indices[i]];
        }
        return new HeadSamples(some, width, of, classes);
    }

    /** The number of samples of each class. */
    int[] counts() {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /** A weight for each class, by {@code 1 / size^power}, whose mean over the samples is 1; those without samples get 0. */
    double[] classWeights(double power) {
        int[] counts = counts();
        double[] weights = new double[classes];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            weights[c] = counts[c] == 0 ? 0 : Math.pow(counts[c], -power);
            sum += counts[c] * weights[c];
        }
        for (int c = 0; c < classes; c++) {
            weights[c] *= size() / sum;
        }
        return weights;
    }
}
