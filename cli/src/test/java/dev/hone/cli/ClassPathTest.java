package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What libraries bring along and the command never uses stays off its class path: less to start, to ship and to patch. */
class ClassPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "org/apache/pdfbox/pdmodel/PDDocument.class",
                "org/apache/fontbox/ttf/TrueTypeFont.class",
                "de/rototor/pdfbox/graphics2d/PdfBoxGraphics2D.class",
                "com/madgag/gif/fmsware/AnimatedGifEncoder.class",
                "org/apache/commons/logging/LogFactory.class",
            })
    void withoutWhatNobodyUses(String resource) {
        assertThat(getClass().getClassLoader().getResource(resource)).isNull();
    }
}
