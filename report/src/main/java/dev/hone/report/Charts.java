package dev.hone.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Line charts as SVG, with a color-blind safe palette. */
public final class Charts {
    /** The palette of Okabe and Ito. */
    private static final Color[] COLORS = {
        new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7), new Color(0xE69F00)
    };

    private Charts() {}

    /** @param series by name, one value per epoch, from epoch 1 */
    public static String overEpochs(String title, String unit, Map<String, double[]> series) {
        XYChart chart = new XYChartBuilder()
                .width(510)
                .height(320)
                .title(title)
                .xAxisTitle("epoch")
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(org.knowm.xchart.style.Styler.LegendLayout.Horizontal);
        chart.getStyler().setLegendBorderColor(Color.WHITE);
        chart.getStyler().setPlotGridLinesColor(new Color(0xE4E8EE));
        chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
        chart.getStyler().setXAxisDecimalPattern("0");
        int color = 0;
        for (Map.Entry<String, double[]> entry : series.entrySet()) {
            // Not every epoch is validated; the line connects those that were.
            double[] all = entry.getValue();
            double[] epochs = IntStream.range(0, all.length)
                    .filter(i -> !Double.isNaN(all[i]))
                    .mapToDouble(i -> i + 1)
                    .toArray();
            double[] values = DoubleStream.of(all).filter(v -> !Double.isNaN(v)).toArray();
            if (values.length == 0) {
                continue;
            }
            XYSeries line = chart.addSeries(entry.getKey(), epochs, values);
            line.setMarker(epochs.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            line.setLineColor(COLORS[color % COLORS.length]);
            line.setMarkerColor(COLORS[color++ % COLORS.length]);
            line.setLineStyle(new BasicStroke(2));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String svg = out.toString(StandardCharsets.UTF_8);
        return svg.substring(svg.indexOf("<svg"));
    }
}
