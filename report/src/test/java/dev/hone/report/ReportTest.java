package dev.hone.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Link;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands on a page, for those who see it and those who hear it. */
class ReportTest {
    @TempDir
    private Path folder;

    private static String page() {
        return new Report(
                        "Title <1>",
                        "lead",
                        List.of(new Link("Next page", "index-2.html")),
                        List.of("Not yet <trained>."),
                        List.of(new Tile("escape rate", "7.3 %", List.of("4.9 to 10.9 %"))),
                        List.of(new Section(
                                "Part",
                                "note",
                                List.of(new Table(
                                        null,
                                        List.of("", "a"),
                                        List.of(List.of(Cell.titled("x.png", "/long/x.png"), Cell.of("3.0 %"))))),
                                List.of(
                                        Figure.ofSvg("<svg></svg>", "", "what the plot shows"),
                                        Figure.ofPng(new byte[3], 9, "caption", "what is seen"),
                                        Figure.ofFile("maps/x.png", 9, "x.png: good", "image and map", "/long/x.png")),
                                null)),
                        "footer")
                .html();
    }

    @Test
    void cautionsComeBeforeTheFigures() {
        String html = page();
        assertThat(html).contains("<li>Not yet &lt;trained&gt;.</li>", "<title>Title &lt;1&gt;</title>");
        assertThat(html.indexOf("Not yet")).isLessThan(html.indexOf("<dt>escape rate"));
    }

    @Test
    void linksAreLinks() {
        assertThat(page()).contains("<a href=\"index-2.html\">Next page</a>", "<a href=\"maps/x.png\"><img");
    }

    @Test
    void everythingHasAText() {
        assertThat(page())
                .contains(
                        "role=\"img\" aria-label=\"what the plot shows\"",
                        "alt=\"what is seen\"",
                        "alt=\"image and map\"",
                        "<th scope=\"row\" class=\"text\" title=\"/long/x.png\">x.png</th>",
                        "<th scope=\"col\">a</th>",
                        "<html lang=\"en\">",
                        "tabindex=\"0\" role=\"region\" aria-label=\"Part, table\"")
                .contains(">3.0\u00a0%</td>");
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        assertThat(page()).doesNotContain("http:", "https:", "@import", "url(");
    }

    @Test
    void manyExplanationsAreLinkedPages() throws Exception {
        ExplanationIndex index = new ExplanationIndex(folder, "Explanations", "");
        Files.createFile(folder.resolve("index-4.html"));
        for (int i = 0; i < 250; i++) {
            Path image = Path.of("/data/photos/part-" + i + ".png");
            index.add(
                    folder.resolve("maps").resolve("a b-" + i + ".png"), "part-" + i + ".png", image, "predicted good");
        }
        index.write();
        String first = Files.readString(index.first());
        String second = Files.readString(folder.resolve("index-2.html"));
        String third = Files.readString(folder.resolve("index-3.html"));
        assertThat(first)
                .contains("<a href=\"index-2.html\">Next page</a>", "maps/a%20b-0.png", "part-0.png: predicted good")
                .contains("title=\"/data/photos/part-0.png\"")
                .doesNotContain("Previous page", ">/data/photos");
        assertThat(second).contains("href=\"index.html\">Previous page", "href=\"index-3.html\">Next page");
        assertThat(third).contains("Previous page").doesNotContain("Next page");
        assertThat(third.split("<img ", -1)).hasSize(51);
    }
}
