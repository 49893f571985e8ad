package dev.hone.report;

import dev.hone.core.Version;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Pages that show the explanations of many images, {@code index.html}, {@code index-2.html} and so on. The pictures stay in
 * their files, so that a page is small and only one is in memory.
 */
public final class ExplanationIndex {
    private static final int PER_PAGE = 100;
    private static final int WIDTH = 510;

    private final Path folder;
    private final String model;
    private final List<Report.Figure> figures = new ArrayList<>();
    private final List<List<Report.Cell>> uncontrasted = new ArrayList<>();
    private final List<List<Report.Cell>> failures = new ArrayList<>();
    private int page = 1;

    /**
     * @param folder of the pages
     * @param model what the explained model is called
     */
    public ExplanationIndex(Path folder, String model) {
        this.folder = folder;
        this.model = model;
        for (int i = 2; deleted(i); i++) {
            // Pages of an earlier run, which may have had more.
        }
    }

    private boolean deleted(int number) {
        try {
            return Files.deleteIfExists(file(number));
        } catch (IOException e) {
            return false;
        }
    }

    /** @param picture below the folder of the pages, which shows the image with its map */
    public void add(Path picture, String caption) {
        makeRoom();
        StringBuilder url = new StringBuilder();
        for (Path name : folder.toAbsolutePath().relativize(picture.toAbsolutePath())) {
            url.append(url.isEmpty() ? "" : "/")
                    .append(URLEncoder.encode(name.toString(), StandardCharsets.UTF_8)
                            .replace("+", "%20"));
        }
        figures.add(new Report.Figure(null, url.toString(), WIDTH, caption));
    }

    /** An image that is predicted as the contrast class. */
    public void addUncontrasted(Path image, String prediction) {
        makeRoom();
        uncontrasted.add(List.of(Report.Cell.of(image.toString()), Report.Cell.of(prediction)));
    }

    /**
     * An image without an explanation.
     *
     * @param problem may begin with the image's name, which is left out
     */
    public void addFailure(Path image, String problem) {
        makeRoom();
        String name = image + ": ";
        failures.add(List.of(
                Report.Cell.of(image.toString()),
                Report.Cell.of(problem.startsWith(name) ? problem.substring(name.length()) : problem)));
    }

    private void makeRoom() {
        if (figures.size() + uncontrasted.size() + failures.size() == PER_PAGE) {
            write(true);
            figures.clear();
            uncontrasted.clear();
            failures.clear();
            page++;
        }
    }

    /** Writes the page that is being filled. */
    public void write() {
        write(false);
    }

    private void write(boolean hasNext) {
        List<Report.Section> sections = new ArrayList<>();
        if (!figures.isEmpty()) {
            sections.add(new Report.Section("Images", "", List.of(), List.copyOf(figures), null));
        }
        if (!uncontrasted.isEmpty()) {
            sections.add(table(
                    "Predicted as the contrast class",
                    "There is nothing to contrast in these images.",
                    List.of("image", "predicted"),
                    uncontrasted));
        }
        if (!failures.isEmpty()) {
            sections.add(table("Not explained", "", List.of("image", "problem"), failures));
        }
        List<Report.Tile> tiles = List.of();
        String title = "Explanations by " + model + (page > 1 || hasNext ? ", page " + page : "");
        new Report(title, lead(hasNext), tiles, sections, "Hone " + Version.number() + ", " + LocalDate.now())
                .write(file(page));
    }

    private static Report.Section table(String title, String note, List<String> head, List<List<Report.Cell>> rows) {
        return new Report.Section(
                title, note, List.of(new Report.Table(null, head, List.copyOf(rows))), List.of(), null);
    }

    private String lead(boolean hasNext) {
        String before = page > 1 ? "Previous page: " + file(page - 1).getFileName() + ". " : "";
        return before + (hasNext ? "Next page: " + file(page + 1).getFileName() + "." : "");
    }

    private Path file(int number) {
        return folder.resolve(number == 1 ? "index.html" : "index-" + number + ".html");
    }

    /** The first page. */
    public Path first() {
        return file(1);
    }
}
