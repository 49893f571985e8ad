package dev.hone.report;

import dev.hone.core.Shown;
import dev.hone.core.Version;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A report page: what to know before trusting it, key figures, then sections with tables and figures. It is written as a single
 * HTML file with embedded images, which can be mailed and archived.
 *
 * @param lead one sentence below the title
 * @param links to other pages, such as the next one
 * @param cautions what to know before trusting the page, in sentences
 * @param tiles key figures
 * @param footer versions and date
 */
public record Report(
        String title,
        String lead,
        List<Link> links,
        List<String> cautions,
        List<Tile> tiles,
        List<Section> sections,
        String footer) {

    /** A page without links and cautions. */
    public Report(String title, String lead, List<Tile> tiles, List<Section> sections, String footer) {
        this(title, lead, List.of(), List.of(), tiles, sections, footer);
    }

    /** @param href relative to the page */
    public record Link(String text, String href) {}

    /**
     * A key figure, such as 98.2 %, test accuracy.
     *
     * @param notes its interval, what it compares with
     */
    public record Tile(String name, String value, List<String> notes) {
        public Tile(String name, String value) {
            this(name, value, List.of());
        }
    }

    /** @param code preformatted text, or null */
    public record Section(String title, String note, List<Table> tables, List<Figure> figures, String code) {}

    public record Table(String caption, List<String> head, List<List<Cell>> rows) {}

    /**
     * A cell of a table.
     *
     * @param shade intensity of the background, 0 to 1, or negative for none
     * @param title what a pointer that rests on it shows, or null
     */
    public record Cell(String text, double shade, String title) {
        private static final Pattern DIGIT = Pattern.compile("^[+\\-±]?\\s?\\d");

        public Cell {
            text = text.replace(" %", "\u00a0%");
        }

        public static Cell of(String text) {
            return new Cell(text, -1, null);
        }

        static Cell shaded(String text, double shade) {
            return new Cell(text, shade, null);
        }

        static Cell titled(String text, String title) {
            return new Cell(text, -1, title);
        }

        /** Whether the text is a figure, which is aligned with others; words begin at the left. */
        public boolean isNumber() {
            return text.isEmpty()
                    || text.length() < 40
                            && (text.equals("-") || DIGIT.matcher(text).find());
        }

        public String shadeText() {
            return String.format(Locale.ROOT, "%.2f", shade);
        }
    }

    /**
     * A figure: SVG text, or a PNG as a data URI or relative address with a width in CSS pixels.
     *
     * @param alt what it shows, for those who do not see it
     * @param title what a pointer that rests on it shows, or null
     */
    public record Figure(String svg, String address, int width, String caption, String alt, String title) {
        static Figure ofSvg(String svg, String caption, String alt) {
            return new Figure(svg, null, 0, caption, alt, null);
        }

        static Figure ofPng(byte[] png, int width, String caption, String alt) {
            return new Figure(
                    null,
                    "data:image/png;base64," + Base64.getEncoder().encodeToString(png),
                    width,
                    caption,
                    alt,
                    null);
        }

        /** Whether the picture is in a file of its own, which can be opened. */
        public boolean isFile() {
            return svg == null && !address.startsWith("data:");
        }

        /** A picture in a file of its own. */
        static Figure ofFile(String href, int width, String caption, String alt, String title) {
            return new Figure(null, href, width, caption, alt, title);
        }
    }

    /** The version of Hone and the date. */
    static String signature() {
        return "Hone " + Version.number() + ", " + LocalDate.now();
    }

    /** The text with spaces at which no line is broken. */
    static String unbroken(String text) {
        return text.replace(' ', '\u00a0');
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
