package dev.hone.report;

import dev.hone.core.text.Figures;
import dev.hone.explain.quality.RegionReliance;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.vision.heatmap.ContactSheet;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.heatmap.HeatMapFigure;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The report page of explanations aggregated over many images.
 *
 * @param model name of the model file
 * @param data name of the data set
 * @param method name of the attribution method
 * @param contrast label of the contrast class, or null
 * @param images number of explained images
 * @param accuracy fraction of them that is classified correctly
 * @param meanError mean sampling error of the maps
 * @param findings in sentences
 * @param onDefect reliance of predictions on the defect, or null without masks
 * @param regions reliance of predictions on regions of the image
 * @param classes by predicted class
 * @param leastCertain images whose maps have the largest sampling errors; empty for methods without sampling
 */
public record GlobalPage(
        String model,
        String data,
        String method,
        String contrast,
        int images,
        double accuracy,
        double meanError,
        List<String> findings,
        RegionReliance onDefect,
        List<RegionReliance> regions,
        List<PredictedClass> classes,
        List<UncertainMap> leastCertain) {
    private static final int SIDE = 184;

    /**
     * The images of one predicted class.
     *
     * @param mean mean image
     * @param map mean absolute attribution
     */
    public record PredictedClass(String label, int images, Image mean, HeatMap map, List<Prototype> prototypes) {}

    /** @param probability of the predicted class */
    public record Prototype(Path file, double probability) {}

    /**
     * One image with its map.
     *
     * @param mask defect mask, or null
     * @param error relative sampling error of the map
     */
    public record UncertainMap(
            String name, Path file, Path mask, HeatMap map, String predicted, String actual, double error) {}

    /** The page. */
    public Report report() {
        List<Tile> tiles = new ArrayList<>(List.of(
                new Tile("images explained", Integer.toString(images)),
                new Tile("accuracy on them", Figures.percent(accuracy))));
        List<Section> sections = new ArrayList<>(List.of(regionTable(), maps(), prototypes()));
        if (!leastCertain.isEmpty()) {
            tiles.add(new Tile("mean sampling error", Figures.percent(meanError)));
            sections.add(uncertain());
        }
        if (onDefect != null) {
            tiles.add(new Tile("attribution on the defect", known(onDefect.share())));
        }
        return new Report(
                "Global explanation of " + model,
                String.join(" ", findings),
                tiles,
                sections,
                method + (contrast == null ? "" : ", contrast class '" + contrast + "',") + " on test images of " + data
                        + ". " + Report.signature());
    }

    private Section regionTable() {
        List<RegionReliance> all = new ArrayList<>(regions);
        if (onDefect != null) {
            all.add(0, onDefect);
        }
        List<List<Cell>> rows = new ArrayList<>();
        for (RegionReliance r : all) {
            rows.add(List.of(
                    Cell.of(r.region()),
                    Cell.of(known(r.share())),
                    Cell.of("± " + known(2 * r.standardError())),
                    Cell.of(Figures.percent(r.area())),
                    Cell.of(String.format(Locale.ROOT, "%.2f", r.concentration())),
                    Cell.of(r.images() < 2 ? "-" : r.notable() ? "yes" : "no"),
                    Cell.of(Integer.toString(r.images()))));
        }
        List<String> head = List.of(
                "region", "attribution", "two standard errors", "area", "attribution / area", "reliance", "images");
        return new Section(
                "Do predictions rely on the defect?",
                "Fraction of the squared attribution in a region, corrected for sampling noise, and the region's "
                        + "fraction of the area. Predictions rely on a region with more than 1.5 times its fraction of the "
                        + "area, beyond two standard errors.",
                List.of(new Table(null, head, rows)),
                List.of(),
                null);
    }

    /** A fraction that cannot be distinguished from noise is shown as a dash. */
    private static String known(double share) {
        return Double.isNaN(share) ? "-" : Figures.percent(share);
    }

    private Section maps() {
        List<Figure> figures = new ArrayList<>();
        for (PredictedClass c : classes) {
            Image picture = HeatMapFigure.figure(c.mean(), c.map(), SIDE);
            figures.add(png(
                    picture,
                    "'" + c.label() + "', " + c.images() + " images",
                    "Mean image and mean absolute attribution of the images predicted as '" + c.label() + "'"));
        }
        return new Section(
                "Mean maps by predicted class",
                "Left to right: mean image, mean absolute attribution.",
                List.of(),
                figures,
                null);
    }

    private Section prototypes() {
        int columns =
                classes.stream().mapToInt(c -> c.prototypes().size()).max().orElse(1);
        List<Figure> figures = new ArrayList<>();
        for (PredictedClass c : classes) {
            List<ContactSheet.Cell> cells = c.prototypes().stream()
                    .map(p -> new ContactSheet.Cell(ReportImages.shown(p.file()), Figures.percent(p.probability())))
                    .toList();
            figures.add(png(
                    ContactSheet.of(cells, columns, 112),
                    c.label(),
                    cells.size() + " typical images of '" + c.label() + "'"));
        }
        return new Section(
                "Prototypes",
                "The images of each class nearest to the class mean in the features of the last layer, with the "
                        + "probability of the predicted class.",
                List.of(),
                figures,
                null);
    }

    private Section uncertain() {
        List<Figure> figures = new ArrayList<>();
        for (UncertainMap u : leastCertain) {
            Image shown = ReportImages.shown(u.file());
            Image mask = ReportImages.mask(Optional.ofNullable(u.mask()), shown);
            Image picture = HeatMapFigure.figure(shown, mask, u.map(), SIDE);
            figures.add(png(
                    picture,
                    u.name() + ": predicted '" + u.predicted() + "', actual '" + u.actual() + "'; sampling error "
                            + Figures.error(u.error()),
                    "Image, defect mask if any, and heat map of " + u.name()));
        }
        return new Section(
                "Least certain maps",
                "Images whose maps have the largest sampling errors. More samples, or a target error, reduce them.",
                List.of(),
                figures,
                null);
    }

    private static Figure png(Image picture, String caption, String alt) {
        return Figure.ofPng(ImageFiles.png(picture), picture.width(), caption, alt);
    }
}
