package dev.hone.jobs.explain;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import dev.hone.core.text.Csv;
import dev.hone.core.text.NpzWriter;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.jobs.Outputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Writes the numbers of one explanation as .npz: {@code attribution} and {@code standard_error} in the
 * shape of the model's input [1,C,H,W], or [1,groups] with {@code group} [1,H,W], the number of each pixel's group; {@code
 * target}, {@code score} and {@code expected} [1]. Groups also as CSV.
 */
final class ImageValues {
    private ImageValues() {}

    /**
     * @param picture beside which the files go, under its name
     * @param inputs what the job reads, which is not written over; null for none
     * @return the .npz
     */
    static Path write(ImageExplainer.Explained explained, long[] imageShape, Path picture, Path... inputs) {
        Explanation e = explained.explanation();
        Groups groups = explained.groups();
        NpzWriter arrays = new NpzWriter()
                .add("attribution", e.attribution(), row(e.shape()))
                .add("standard_error", e.standardError(), row(e.shape()))
                .add("target", new float[] {e.target()}, 1)
                .add("score", new float[] {e.score()}, 1)
                .add("expected", new float[] {e.expected()}, 1);
        if (groups != null) {
            float[] labels = new float[Math.toIntExact(imageShape[1] * imageShape[2])];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = groups.of(i);
            }
            arrays.add("group", labels, 1, imageShape[1], imageShape[2]);
        }
        String stem = picture.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        Path numbers = picture.resolveSibling(stem + ".npz");
        Path table = picture.resolveSibling(stem + ".csv");
        Outputs.requireWritable(numbers, inputs);
        try {
            arrays.write(numbers);
            if (groups != null) {
                Outputs.requireWritable(table, inputs);
                String csv = csv(e, groups);
                AtomicFile.write(table, out -> out.write(csv.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException failure) {
            throw new OutputException(numbers, failure);
        }
        return numbers;
    }

    private static long[] row(long[] shape) {
        return LongStream.concat(LongStream.of(1), Arrays.stream(shape)).toArray();
    }

    private static String csv(Explanation e, Groups groups) {
        StringBuilder csv = new StringBuilder("group,name,elements,attribution,standard error\n");
        for (int g = 0; g < groups.count(); g++) {
            float error = e.standardError()[g];
            csv.append(g)
                    .append(',')
                    .append(Csv.cell(groups.name(g)))
                    .append(',')
                    .append(groups.size(g));
            csv.append(',').append(e.attribution()[g]).append(',');
            csv.append(Csv.cell(error)).append('\n');
        }
        return csv.toString();
    }
}
