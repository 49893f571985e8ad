package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import dev.hone.core.text.Csv;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.vision.duplicates.LikeImages;
import dev.hone.vision.duplicates.LikePair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What near duplicates mean for a division of a data set.
 *
 * @param like what was found
 * @param set the data set, divided
 */
record NearDuplicateCheck(LikeImages like, DataSet set) {
    /** What is left of the metrics where images of a split are like training images; nothing if none is. */
    Optional<String> leak(Split split) {
        List<int[]> across = like.across(set, split, Split.TRAIN);
        if (across.isEmpty()) {
            return Optional.empty();
        }
        String name = split == Split.VALIDATION ? "validation" : "test";
        return Optional.of(across.size() + " of " + set.indices(split).length + " " + name
                + (across.size() == 1 ? " images has" : " images have")
                + " a near duplicate among the training images, such as " + name(across.get(0)[0]) + " and "
                + name(across.get(0)[1]) + "; metrics on them say how well images are remembered");
    }

    /** How many images were kept together; nothing if none were. */
    Optional<String> keptTogether() {
        return like.groupsOfSeveral() == 0 || like.pairs().isEmpty()
                ? Optional.empty()
                : Optional.of(like.grouped() + " images are near duplicates in " + like.groupsOfSeveral()
                        + (like.groupsOfSeveral() == 1 ? " group" : " groups") + ", such as "
                        + name(like.pairs().get(0).first()) + " and "
                        + name(like.pairs().get(0).second()) + "; each group is kept in one split");
    }

    /** Warns of near duplicates in two splits, validation images first where they are all there is. */
    void warn(Progress progress) {
        leak(Split.TEST).ifPresent(line -> progress.warning(set.source() + ": " + line));
        leak(Split.VALIDATION).ifPresent(line -> progress.warning(set.source() + ": " + line));
    }

    private String name(int sample) {
        return set.samples().get(sample).name();
    }

    /** Writes a line for each pair: names, classes and splits of both, kind and likeness. */
    void write(Path csv) {
        List<String> lines = new ArrayList<>();
        lines.add("first,second,first class,second class,first split,second split,kind,likeness");
        for (LikePair pair : like.pairs()) {
            Sample a = set.samples().get(pair.first());
            Sample b = set.samples().get(pair.second());
            lines.add(String.join(
                    ",",
                    Csv.cell(a.name()),
                    Csv.cell(b.name()),
                    Csv.cell(set.classes().get(a.label())),
                    Csv.cell(set.classes().get(b.label())),
                    a.split().word(),
                    b.split().word(),
                    pair.kind().words(),
                    String.format(Locale.ROOT, "%.3f", pair.likeness())));
        }
        try {
            AtomicFile.write(csv, out -> out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputException(csv, e);
        }
    }
}
