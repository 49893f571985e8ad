package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.data.Notices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What is to be said of how images were read, counted over many of them. Safe for several threads. */
public final class ImageNotes {
    private final Map<String, Noted> notes = new TreeMap<>();

    private static final class Noted {
        private long count;
        private final List<String> first = new ArrayList<>();

        void add(Path image) {
            count++;
            if (first.size() < Notices.NAMED) {
                first.add(image.toString());
            }
        }
    }

    /** Takes the notes of one image. */
    public Consumer<String> of(Path image) {
        return note -> {
            synchronized (notes) {
                notes.computeIfAbsent(note, n -> new Noted()).add(image);
            }
        };
    }

    /** Warns of each note once, with the first images that it is of, and forgets it. */
    public void report(Progress progress) {
        synchronized (notes) {
            notes.forEach((note, of) -> progress.warning(
                    of.count == 1
                            ? of.first.get(0) + ": " + note
                            : Notices.count(of.count, of.first, "image", "read with a note, " + note)));
            notes.clear();
        }
    }
}
