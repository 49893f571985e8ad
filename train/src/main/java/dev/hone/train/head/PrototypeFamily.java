package dev.hone.train.head;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Class means by how far the components are whitened before. */
final class PrototypeFamily implements HeadFamily {
    private static final double[] WHITENINGS = {0, 0.5, 1};

    @Override
    public List<String> settings() {
        return Arrays.stream(WHITENINGS)
                .mapToObj(w -> String.format(Locale.ROOT, "whitening %.1f", w))
                .toList();
    }

    @Override
    public List<Head> fit(HeadSamples training, int[] settings, long seed) {
        return Arrays.stream(settings)
                .mapToObj(setting -> (Head) PrototypeHead.fit(training, WHITENINGS[setting]))
                .toList();
    }
}
