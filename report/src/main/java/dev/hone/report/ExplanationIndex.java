package dev.hone.report;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pages that show the explanations of many images, {@code index.html}, {@code index-2.html} and so on, each with links to the
 * next and the previous one. The pictures stay in their files, so that a page is small and only one is in memory.
 */
public final class ExplanationIndex {
    private static final int PER_PAGE = 100;
    private static final int WIDTH = 510;

    private final Path folder;
    private final String title;
    private final String lead;
    private final List<Report.Link> links;
    private final List<Report.Section> sections = new ArrayList<>();
    private final List<Report.Figure> figures = new ArrayList<>();
    private final List<List<Report.Cell>> uncontrasted = new ArrayList<>();
    private final List<List<Report.Cell>> failures = new ArrayList<>();
    private String heading = "Images";
    private int page = 1;
    private int onPage;

    /**
     * @param folder of the pages
     * @param title of the first page
     * @param lead a sentence below it, or ""
     * @param links shown on every page
     */
    public ExplanationIndex(Path folder, String title, String lead, Report.Link... links) {
        this.folder = folder;
        this.title = title;
        this.lead = lead;
        this.links = List.of(links);
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

    /** Begins a section of images. */
    public void section(String name) {
        closeSection();
        heading = name;
    }

    /**
     * An image with its map.
     *
     * @param picture below the folder of the pages, which shows them
     * @param image what the image is called
     * @param file of the image
     * @param text about it
     */
    public void add(Path picture, String image, Path file, String text) {
        makeRoom();
        StringBuilder url = new StringBuilder();
        for (Path name : folder.toAbsolutePath().relativize(picture.toAbsolutePath())) {
            url.append(url.isEmpty() ? "" : "/")
                    .append(URLEncoder.encode(name.toString(), StandardCharsets.UTF_8)
                            .replace("+", "%20"));
        }
        figures.add(Report.Figure.ofFile(
                url.toString(), WIDTH, image + ": " + text, "Image and heat map of " + image, file.toString()));
    }

    /** An image that is predicted as the contrast class. */
    public void addUncontrasted(String image, Path file, String prediction) {
        makeRoom();
        uncontrasted.add(List.of(Report.Cell.titled(image, file.toString()), Report.Cell.of(prediction)));
    }

    /**
     * An image without an explanation.
     *
     * @param problem may begin with the file's name, which is left out
     */
    public void addFailure(String image, Path file, String problem) {
        makeRoom();
        String name = file + ": ";
        failures.add(List.of(
                Report.Cell.titled(image, file.toString()),
                Report.Cell.of(problem.startsWith(name) ? problem.substring(name.length()) : problem)));
    }

    private void makeRoom() {
        if (onPage == PER_PAGE) {
            write(true);
            sections.clear();
            figures.clear();
            uncontrasted.clear();
            failures.clear();
            page++;
            onPage = 0;
        }
        onPage++;
    }

    /** Writes the page that is being filled. */
    public void write() {
        write(false);
    }

    private void closeSection() {
        if (!figures.isEmpty()) {
            sections.add(new Report.Section(heading, "", List.of(), List.copyOf(figures), null));
            figures.clear();
        }
    }

    private void write(boolean hasNext) {
        List<Report.Section> all = new ArrayList<>(sections);
        if (!figures.isEmpty()) {
            all.add(new Report.Section(heading, "", List.of(), List.copyOf(figures), null));
        }
        if (!uncontrasted.isEmpty()) {
            all.add(table(
                    "Predicted as the contrast class",
                    "There is nothing to contrast in these images.",
                    List.of("image", "predicted"),
                    uncontrasted));
        }
        if (!failures.isEmpty()) {
            all.add(table("Not explained", "", List.of("image", "problem"), failures));
        }
        String name = title + (page > 1 || hasNext ? ", page " + page : "");
        new Report(name, lead, links(hasNext), List.of(), List.of(), all, Report.signature()).write(file(page));
    }

    private static Report.Section table(String title, String note, List<String> head, List<List<Report.Cell>> rows) {
        return new Report.Section(
                title, note, List.of(new Report.Table(null, head, List.copyOf(rows))), List.of(), null);
    }

    private List<Report.Link> links(boolean hasNext) {
        List<Report.Link> pages = new ArrayList<>(links);
        if (page > 1) {
            pages.add(new Report.Link(
                    "Previous page", file(page - 1).getFileName().toString()));
        }
        if (hasNext) {
            pages.add(new Report.Link("Next page", file(page + 1).getFileName().toString()));
        }
        return pages;
    }

    private Path file(int number) {
        return folder.resolve(number == 1 ? "index.html" : "index-" + number + ".html");
    }

    /** The first page. */
    public Path first() {
        return file(1);
    }
}
