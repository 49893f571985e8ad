package dev.hone.report;

import dev.hone.data.DataSet;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.vision.heatmap.ContactSheet;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The samples that a report is about.
 *
 * @param data where they are from
 * @param unit what they are called: images or rows
 * @param notices what was noticed as they were read
 * @param shown a section with some of them, or null
 */
public record EvaluatedSamples(Path data, String unit, List<String> notices, Section shown) {
    private static final int PER_CLASS = 4;

    /** @param indices samples of the store that were evaluated */
    public static EvaluatedSamples ofImages(ImageStore store, int[] indices) {
        DataSet set = store.dataSet();
        List<String> notices =
                Stream.concat(set.notices().stream(), store.notices().stream()).toList();
        return new EvaluatedSamples(set.root(), "images", notices, some(set, indices));
    }

    public static EvaluatedSamples ofRows(Path table, List<String> notices) {
        return new EvaluatedSamples(table, "rows", notices, null);
    }

    private static Section some(DataSet set, int[] indices) {
        List<ContactSheet.Cell> cells = new ArrayList<>();
        for (int c = 0; c < set.classes().size(); c++) {
            int label = c;
            int[] members = IntStream.of(indices)
                    .filter(i -> set.samples().get(i).label() == label)
                    .toArray();
            int shown = Math.min(PER_CLASS, members.length);
            // Spread over all samples, since neighbors in a folder are often similar.
            IntStream.range(0, shown)
                    .map(k -> members[(2 * k + 1) * members.length / (2 * shown)])
                    .forEach(i -> cells.add(new ContactSheet.Cell(
                            ReportImages.shown(set.samples().get(i).file()),
                            set.classes().get(label))));
        }
        Image sheet = ContactSheet.of(cells, 2 * PER_CLASS, 112);
        return new Section(
                "Data",
                "Some of the evaluated images of every class.",
                List.of(),
                List.of(Figure.ofPng(ImageFiles.png(sheet), sheet.width(), "", alt(set, cells))),
                null);
    }

    private static String alt(DataSet set, List<ContactSheet.Cell> cells) {
        return cells.size() + " images, " + PER_CLASS + " of each class at most: " + String.join(", ", set.classes());
    }
}
