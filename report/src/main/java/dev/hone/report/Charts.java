package dev.hone.report;

import dev.hone.report.Report.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Plots of values over epochs. */
public final class Charts {
    private Charts() {}

    /**
     * A plot of several series.
     *
     * @param unit of the values, for the axis
     * @param series by name, one value per epoch, from epoch 1; NaN where it was not measured
     */
    public static Figure overEpochs(String title, String unit, Map<String, double[]> series) {
        int epochs = series.values().stream().mapToInt(v -> v.length).max().orElse(1);
        Plot plot = new Plot(
                title,
                new Plot.Axis("epoch", 1, Math.max(2, epochs), false),
                Plot.Axis.around(unit, true, series.values().stream().flatMapToDouble(DoubleStream::of)));
        List<String> ends = new ArrayList<>();
        series.forEach((name, values) -> {
            double[] known =
                    DoubleStream.of(values).filter(v -> !Double.isNaN(v)).toArray();
            if (known.length > 0) {
                plot.line(
                        name,
                        IntStream.rangeClosed(1, values.length).asDoubleStream().toArray(),
                        values);
                ends.add(String.format(
                        Locale.ROOT, "%s %s to %s", name, Svg.number(known[0]), Svg.number(known[known.length - 1])));
            }
        });
        return Figure.ofSvg(
                plot.svg(),
                "",
                title + " over " + epochs + " epochs: " + ends.stream().collect(Collectors.joining("; ")));
    }
}
