package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Repeats the operations of a long-running process and checks its resident memory. A leak would amount to 100 MB or
 * more.
 */
@EnabledOnOs(OS.LINUX)
class SoakTest {
    private static final long LIMIT = 60L << 20;

    /** Growth of the resident memory after a first round that fills caches. */
    private static long growth(Runnable round) {
        round.run();
        long before = ProcessMemory.now().resident();
        round.run();
        return ProcessMemory.now().resident() - before;
    }

    @Test
    void closingATensorFreesItsMemoryImmediately() {
        long grown = growth(() -> {
            for (int i = 0; i < 100; i++) {
                NativeTensor.allocate(1, 1 << 20).close();
            }
        });
        assertThat(grown).isLessThan(LIMIT);
    }

    @Test
    void openingAndClosingSessionsDoesNotLeak() {
        byte[] model = SessionTest.model("convolutions");
        long grown = growth(() -> {
            for (int i = 0; i < 40; i++) {
                try (Session session = Session.open(model, SessionOptions.defaults());
                        NativeTensor x = NativeTensor.allocate(1, 2, 3, 128, 128)) {
                    session.run(Map.of("x", x)).values().forEach(NativeTensor::close);
                }
            }
        });
        assertThat(grown).isLessThan(LIMIT);
    }

    @Test
    void varyingBatchSizesNeedNoMoreMemoryThanTheLargest() {
        Random random = new Random(7);
        try (Session session = Session.open(SessionTest.model("convolutions"), SessionOptions.defaults())) {
            long grown = growth(() -> {
                for (int i = 0; i < 60; i++) {
                    int batch = i == 0 ? 16 : 1 + random.nextInt(16);
                    try (NativeTensor x = NativeTensor.allocate(1, batch, 3, 96, 64 + random.nextInt(32))) {
                        session.run(Map.of("x", x)).values().forEach(NativeTensor::close);
                    }
                }
            });
            assertThat(grown).isLessThan(LIMIT);
        }
    }

    @Test
    void allocatedOutputsAreFreedWhenClosed() {
        byte[] model = SessionTest.model("types");
        try (Session session = Session.open(model, SessionOptions.defaults());
                NativeTensor x = NativeTensor.allocate(1, 1 << 20)) {
            long grown = growth(() -> {
                for (int i = 0; i < 40; i++) {
                    session.run(Map.of("x", x), java.util.Set.of("float", "double"), Map.of())
                            .values()
                            .forEach(NativeTensor::close);
                }
            });
            assertThat(grown).isLessThan(LIMIT);
        }
    }
}
