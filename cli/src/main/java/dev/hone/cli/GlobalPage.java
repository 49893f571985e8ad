package dev.hone.cli;

import dev.hone.cli.GlobalView.ClassView;
import dev.hone.cli.GlobalView.Item;
import dev.hone.core.text.Figures;
import dev.hone.data.Sample;
import dev.hone.explain.quality.RegionReliance;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.model.Classifier;
import dev.hone.report.Report;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.report.ReportImages;
import dev.hone.vision.heatmap.ContactSheet;
import dev.hone.vision.heatmap.HeatMapFigure;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link GlobalView} as a page. */
final class GlobalPage {
    private static final int SIDE = 184;

    private final GlobalView view;
    private final ImageExplainer explainer;
    private final Classifier classifier;

    GlobalPage(GlobalView view, ImageExplainer explainer, Classifier classifier) {
        this.view = view;
        this.explainer = explainer;
        this.classifier = classifier;
    }

    Report of(Path model, Path data) {
        List<Tile> tiles = new ArrayList<>(List.of(
                new Tile("images explained", Integer.toString(view.explained())),
                new Tile("of them judged right", Figures.percent(view.accuracy()))));
        List<Section> sections = new ArrayList<>(List.of(regions(), maps(), prototypes()));
        if (!view.leastCertain().isEmpty()) {
            tiles.add(new Tile("mean error of a map", Figures.percent(view.meanError())));
            sections.add(leastCertain());
        }
        if (view.onDefect() != null) {
            tiles.add(
                    new Tile("attribution on the defect", known(view.onDefect().share())));
        }
        return new Report(
                "What " + model.getFileName() + " looks at",
                String.join(" ", view.verdicts()),
                tiles,
                sections,
                explainer.method().label()
                        + (explainer.contrast() == null ? "" : ", why rather than '" + explainer.contrast() + "',")
                        + " of test images of " + data.getFileName() + ". Hone "
                        + dev.hone.core.Version.number() + ", " + LocalDate.now());
    }

    private Section regions() {
        List<RegionReliance> all = new ArrayList<>(view.reliances());
        if (view.onDefect() != null) {
            all.add(0, view.onDefect());
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
        return new Section(
                "Does the verdict rest on the defect or on something else?",
                "The share of the attribution, in squares without what noise adds to them, on a region beside its share of "
                        + "the area. A verdict rests on a "
                        + "region that has more than 1.5 times its area, beyond two standard errors.",
                List.of(new Table(
                        null,
                        List.of(
                                "region",
                                "attribution",
                                "two errors",
                                "area",
                                "times its area",
                                "rests on it",
                                "images"),
                        rows)),
                List.of(),
                null);
    }

    /** A share that cannot be told from noise is a dash. */
    private static String known(double share) {
        return Double.isNaN(share) ? "-" : Figures.percent(share);
    }

    private Section maps() {
        List<Figure> figures = new ArrayList<>();
        for (ClassView c : view.classes()) {
            Image picture = HeatMapFigure.figure(c.picture(), c.map(), SIDE);
            figures.add(png(picture, "'" + c.label() + "', " + c.images() + " images"));
        }
        return new Section(
                "Where it looks, by verdict",
                "Left the mean of the images that got the verdict, right the mean absolute attribution over it.",
                List.of(),
                figures,
                null);
    }

    private Section prototypes() {
        List<ContactSheet.Cell> cells = new ArrayList<>();
        int columns = view.classes().stream()
                .mapToInt(c -> c.prototypes().size())
                .max()
                .orElse(1);
        List<Figure> figures = new ArrayList<>();
        for (ClassView c : view.classes()) {
            cells.clear();
            for (Item item : c.prototypes()) {
                cells.add(new ContactSheet.Cell(
                        ReportImages.shown(sample(item).file()), Figures.percent(item.probability())));
            }
            figures.add(png(ContactSheet.of(cells, columns, 112), c.label()));
        }
        return new Section(
                "Prototypes",
                "The images of each class that are nearest to its mean in what the last layer sees, with the verdict's "
                        + "probability.",
                List.of(),
                figures,
                null);
    }

    private Section leastCertain() {
        List<Figure> figures = new ArrayList<>();
        for (Item item : view.leastCertain()) {
            ImageExplainer.Explained explained = explainer.explain(view.images().image(item.index()), -1);
            Path file = sample(item).file();
            Image photograph = ReportImages.shown(file);
            Image picture = HeatMapFigure.figure(
                    photograph,
                    ReportImages.mask(view.images().maskFile(item.index()), photograph),
                    explained.map(file, classifier.form(), false),
                    SIDE);
            figures.add(png(
                    picture,
                    String.format(
                            Locale.ROOT,
                            "%s: '%s', in truth '%s'; error of the map %s",
                            sample(item).name(),
                            view.images().name(item.verdict()),
                            view.images().name(item.label()),
                            Figures.error(item.relativeError()))));
        }
        return new Section(
                "Least certain explanations",
                "The images whose maps would change most with another seed; more samples, or --error, make them certain.",
                List.of(),
                figures,
                null);
    }

    private Sample sample(Item item) {
        return view.images().sample(item.index());
    }

    private static Figure png(Image picture, String caption) {
        return Figure.ofPng(ImageFiles.png(picture), picture.width(), caption);
    }
}
