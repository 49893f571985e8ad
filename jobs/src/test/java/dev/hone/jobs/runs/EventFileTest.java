package dev.hone.jobs.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class EventFileTest {
    /** Byte for byte what TensorBoard's own classes write: made by events.py. */
    @Test
    void isTensorBoards() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EventFile events = new EventFile(out, 1700000000.25);
        events.text("options", 1700000000.25, "| epochs | 12 |\n");
        events.scalar("training/loss", 1, 1700000001.5, 1.75);
        events.scalar("validation/macro F1", 300, 1700000301.5, 0);
        try (InputStream expected = EventFileTest.class.getResourceAsStream("events.tfevents")) {
            assertThat(out.toByteArray()).isEqualTo(expected.readAllBytes());
        }
    }

    @Test
    void curvesAreGrouped() {
        assertThat(TensorBoardExport.tag("training loss")).isEqualTo("training/loss");
        assertThat(TensorBoardExport.tag("validation macro F1")).isEqualTo("validation/macro F1");
        assertThat(TensorBoardExport.tag("learning rate")).isEqualTo("learning rate");
        assertThat(TensorBoardExport.tag("fine-tuning validation loss")).isEqualTo("fine-tuning validation/loss");
    }
}
