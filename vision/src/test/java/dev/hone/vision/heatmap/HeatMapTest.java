package dev.hone.vision.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.vision.Vectors;
import dev.hone.vision.image.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeatMapTest {
    private static float[] floats(String name) {
        ByteBuffer bytes = ByteBuffer.wrap(Vectors.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    @Test
    void channelsAreSummedWithOrWithoutSign() {
        float[] attributions = {1, -2, 3, 4, 5, -6};
        assertThat(HeatMap.signed(attributions, 3, 1, 2).values()).containsExactly(9, -4);
        assertThat(HeatMap.absolute(attributions, 3, 1, 2).values()).containsExactly(9, 12);
        assertThatThrownBy(() -> HeatMap.signed(attributions, 1, 2, 2))
                .hasMessageContaining("[1,2,2] are 4 values, not 6");
    }

    @Test
    void smoothingAgreesWithOpenCv() {
        float[] expected = floats("smooth_out.bin");
        float[] smooth =
                new HeatMap(40, 52, floats("smooth_in.bin"), true).smoothed(1.6).values();
        for (int i = 0; i < expected.length; i++) {
            assertThat(smooth[i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    @Test
    void scaleEqualsNumpysPercentile() {
        float[] values = floats("smooth_in.bin");
        float top = Float.parseFloat(Vectors.lines("percentile.txt").get(0)[0]);
        float[] scaled = new HeatMap(40, 52, values, true).scaled().values();
        for (int i = 0; i < values.length; i++) {
            assertThat(scaled[i]).isCloseTo(Math.max(-1, Math.min(1, values[i] / top)), within(1e-6f));
        }
        assertThat(new HeatMap(2, 2, new float[4], true).scaled().values()).containsOnly(0);
        float[] lonely = new float[1000];
        lonely[5] = 3;
        assertThat(new HeatMap(10, 100, lonely, false).scaled().values()[5]).isEqualTo(1);
    }

    @Test
    void resizingKeepsAPlane() {
        float[] plane = new float[6 * 8];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = i / 8 * 2 + i % 8 * 3;
        }
        HeatMap large = new HeatMap(6, 8, plane, true).resized(12, 24);
        assertThat(large.values()[5 * 24 + 10])
                .isCloseTo((float) ((5.5 / 2 - 0.5) * 2 + (10.5 / 3 - 0.5) * 3), within(1e-4f));
        assertThat(new HeatMap(1, 1, new float[] {4}, true).resized(3, 3).values())
                .containsOnly(4);
    }

    /** Lightness (CIE L*) must change evenly, or the map would show edges that do not exist. */
    private static double lightness(int rgb) {
        double y = 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
        return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
    }

    private static double linear(int v) {
        double c = v / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    @ParameterizedTest
    @EnumSource
    void lightnessChangesEvenly(ColorMap map) {
        int sides = map == ColorMap.DIVERGING ? 2 : 1;
        for (int side = 0; side < sides; side++) {
            double to = side == 0 ? 1 : -1;
            double first = lightness(map.color(0));
            double last = lightness(map.color(to));
            for (int i = 1; i <= 20; i++) {
                double step = lightness(map.color(to * i / 20)) - lightness(map.color(to * (i - 1) / 20));
                assertThat(step / ((last - first) / 20))
                        .as("%s step %s", map, i)
                        .isBetween(0.4, 1.7);
            }
        }
        assertThat(ColorMap.DIVERGING.color(0) & 0xff).isGreaterThan(235);
        assertThat(lightness(ColorMap.DIVERGING.color(1)))
                .isCloseTo(lightness(ColorMap.DIVERGING.color(-1)), within(6.0));
    }

    @Test
    void overlayShowsTheImageWhereTheMapIsZero() {
        Image photo = Image.black(1, 20, 20);
        Arrays.fill(photo.pixels(), (byte) 90);
        float[] values = new float[400];
        values[5 * 20 + 7] = 1;
        values[15 * 20 + 7] = -1;
        Image out = HeatMapFigure.overlay(photo, new HeatMap(20, 20, values, true));
        for (int c = 0; c < 3; c++) {
            assertThat(out.at(c, 10, 10)).isEqualTo(90);
        }
        assertThat(out.at(0, 5, 7)).isGreaterThan(out.at(2, 5, 7) + 60); // orange
        assertThat(out.at(2, 15, 7)).isGreaterThan(out.at(0, 15, 7) + 60); // blue
    }

    @Test
    void figureShowsImageMapBarAndCaption() {
        Image photo = Image.black(3, 30, 60);
        HeatMap map = HeatMap.signed(new float[3 * 30 * 60], 3, 30, 60);
        Image plain = HeatMapFigure.figure(photo, map, 120);
        Image captioned = HeatMapFigure.figure(photo, map, 120, "crack 98.2 %", "Größe");
        assertThat(plain.width()).isEqualTo(captioned.width()).isGreaterThan(240);
        assertThat(captioned.height()).isEqualTo(plain.height() + 6 + 2 * Drawing.LINE);
        Image line = captioned.crop(plain.height() - 6, 0, Drawing.LINE, captioned.width());
        long ink = 0;
        for (byte b : line.pixels()) {
            ink += (b & 0xff) < 100 ? 1 : 0;
        }
        assertThat(ink).isGreaterThan(100);
    }

    /** With a wide, low image the three labels of the color bar must not overlap. */
    @Test
    void barOfALowImageIsHighEnoughForItsLabels() {
        HeatMap map = new HeatMap(2, 40, new float[80], true);
        Image figure = HeatMapFigure.figure(Image.black(1, 2, 40), map, 120);
        assertThat(figure.height()).isEqualTo(2 * 12 + 3 * Drawing.LINE);
        assertThat(HeatMapSvg.figure(Image.black(1, 2, 40), null, List.of(map), 120))
                .contains("height=\"" + figure.height() + "\"");
    }

    /** Without a frame, a white mask on a white page would look smaller than its image. */
    @Test
    void masksHaveAFrame() {
        HeatMap map = new HeatMap(64, 64, new float[64 * 64], true);
        Image mask = Image.black(1, 64, 64);
        Arrays.fill(mask.pixels(), (byte) 255);
        Image figure = HeatMapFigure.figure(Image.black(1, 64, 64), mask, map, 64);
        for (int x : new int[] {12 + 64 + 12 - 1, 12 + 64 + 12 + 64}) {
            assertThat(figure.at(0, 40, x)).isBetween(0x7f, 0x81);
        }
        assertThat(figure.at(0, 11, 100)).isBetween(0x7f, 0x81);
        assertThat(figure.at(0, 12, 100)).isEqualTo(255);
        assertThat(HeatMapSvg.figure(Image.black(1, 64, 64), mask, List.of(map), 64))
                .contains("stroke=\"#808080\"");
    }

    @Test
    void captionsOfNarrowFiguresAreWrapped() {
        String caption =
                "why 'crack': score 4.32, of baselines -1.20; gradient-shap, 50 samples, error of the map 12.3 %";
        HeatMap map = new HeatMap(40, 2, new float[80], true);
        Image photo = Image.black(1, 40, 2);
        int lines = (HeatMapFigure.figure(photo, map, 120, caption).height()
                        - HeatMapFigure.figure(photo, map, 120).height())
                / Drawing.LINE;
        String svg = HeatMapSvg.figure(photo, null, List.of(map), 120, caption);
        List<String> texts = Pattern.compile("<text[^>]*>([^<]*)</text>")
                .matcher(svg)
                .results()
                .map(m -> m.group(1))
                .toList();
        // After the three numbers of the bar.
        List<String> below = texts.subList(3, texts.size());
        assertThat(lines).isGreaterThan(2);
        assertThat(String.join(" ", below)).isEqualTo(caption);
        assertThat(below).hasSizeGreaterThan(2).allSatisfy(line -> assertThat(Drawing.width(line))
                .isLessThan(200));
    }

    @Test
    void figureShowsTheMaskAndTheScale() {
        Image photo = Image.black(1, 60, 60);
        float[] values = new float[3600];
        Arrays.fill(values, -0.25f);
        HeatMap map = new HeatMap(60, 60, values, true);
        assertThat(map.top()).isEqualTo(0.25f);
        Image mask = Image.black(1, 60, 60);
        Arrays.fill(mask.pixels(), (byte) 255);
        Image plain = HeatMapFigure.figure(photo, map, 60);
        Image masked = HeatMapFigure.figure(photo, mask, map, 60);
        assertThat(masked.width()).isEqualTo(plain.width() + 12 + plain.height() - 24);
        assertThat(masked.at(0, 40, 12 + 64 + 12 + 30)).isEqualTo(255);

        String svg = HeatMapSvg.figure(photo, mask, List.of(map), 60, "crack < 98 %");
        assertThat(svg).contains("crack &lt; 98 %", "+2.5e-01 for", ">0<", "-2.5e-01 against");
        assertThat(svg.split("data:image/png;base64,")).hasSize(5); // image, mask, grayscale image, map
        assertThat(HeatMapSvg.figure(photo, null, List.of(map), 60).split("data:image/png;base64,"))
                .hasSize(4);
    }

    /**
     * Evidence for and against a class stays distinguishable with deuteranopia and protanopia (matrices of Machado,
     * Oliveira and Fernandes 2009, severity 1, on linear RGB).
     */
    @Test
    void evidenceForAndAgainstIsDistinguishableToColorBlindReaders() {
        double[][][] eyes = {
            {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
            {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}
        };
        for (double[][] eye : eyes) {
            for (double value : new double[] {0.4, 0.7, 1}) {
                double distance = 0;
                for (double[] row : eye) {
                    distance += Math.pow(
                            seen(row, ColorMap.DIVERGING.color(value)) - seen(row, ColorMap.DIVERGING.color(-value)),
                            2);
                }
                assertThat(Math.sqrt(distance)).isGreaterThan(0.2);
            }
        }
    }

    private static double seen(double[] row, int rgb) {
        return row[0] * linear(rgb >> 16 & 0xff) + row[1] * linear(rgb >> 8 & 0xff) + row[2] * linear(rgb & 0xff);
    }

    @Test
    void longTextIsTruncated() {
        String text = "a title that is much too long for its image";
        assertThat(Drawing.width(text)).isGreaterThan(120);
        Drawing drawing = new Drawing(24, 300, Drawing.WHITE);
        drawing.text(text, 0, 0, 100, 0);
        assertThat(drawing.image().crop(0, 110, 24, 190).pixels()).containsOnly((byte) 255);
    }

    @Test
    void sheetIsAGrid() {
        Image red = Image.black(3, 10, 20);
        Arrays.fill(red.pixels(), 0, 200, (byte) 200);
        Image sheet = ContactSheet.of(
                List.of(
                        new ContactSheet.Cell(red, "one"),
                        new ContactSheet.Cell(red, ""),
                        new ContactSheet.Cell(red, "three")),
                2,
                40);
        assertThat(sheet.width()).isEqualTo(8 + 2 * 48);
        assertThat(sheet.height()).isEqualTo(8 + 2 * (48 + Drawing.LINE));
        assertThat(sheet.at(0, 8 + 20, 8 + 20)).isEqualTo(200);
        assertThat(sheet.at(1, 8 + 20, 8 + 20)).isZero();
        assertThat(sheet.at(1, 8 + 48 + Drawing.LINE + 20, 8 + 48 + 20)).isEqualTo(255);
        assertThatThrownBy(() -> ContactSheet.of(List.of(), 2, 40)).isInstanceOf(IllegalArgumentException.class);
    }
}
