package dev.hone.report;

import dev.hone.core.Shown;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * A report page: key figures, then sections with tables and figures. It is written as a single HTML file with embedded
 * images, which can be mailed and archived.
 *
 * @param lead one sentence below the title
 * @param tiles key figures
 * @param footer versions and date
 */
public record Report(String title, String lead, List<Tile> tiles, List<Section> sections, String footer) {

    /** A key figure, such as {@code 98.2 %}, test accuracy. */
    public record Tile(String name, String value) {}

    /** @param code preformatted text, or null */
    public record Section(String title, String note, List<Table> tables, List<Figure> figures, String code) {}

    public record Table(String caption, List<String> head, List<List<Cell>> rows) {}

    /** @param shade intensity of the background, 0 to 1, or negative for none */
    public record Cell(String text, double shade) {
        public static Cell of(String text) {
            return new Cell(text, -1);
        }

        public String shadeText() {
            return String.format(Locale.ROOT, "%.2f", shade);
        }
    }

    /** A figure: SVG text, or a PNG as a data URI with a width in CSS pixels. */
    public record Figure(String svg, String dataUri, int width, String caption) {
        public static Figure ofSvg(String svg, String caption) {
            return new Figure(svg, null, 0, caption);
        }

        public static Figure ofPng(byte[] png, int width, String caption) {
            return new Figure(
                    null, "data:image/png;base64," + Base64.getEncoder().encodeToString(png), width, caption);
        }
    }

    public String html() {
        StringOutput output = new StringOutput();
        TemplateEngine.createPrecompiled(ContentType.Html).render("report.jte", this, output);
        return Shown.lines(output.toString());
    }

    /** Writes the page atomically; parent folders are created. */
    public void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, out -> out.write(html().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }
}
