package dev.hone.jobs.watch;

import dev.hone.core.file.Sha256;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A folder whose new files are dealt with as they come. */
public record WatchOptions(
        @Setting(
                help =
                        "Watch a folder, at any depth: each file is taken once, as soon as it is complete, until Ctrl-C or "
                                + "SIGTERM. Files that are there already are taken too.",
                label = "DIR",
                group = "Watching")
        Path watch,

        @Setting(
                help = "File that remembers what was taken, so that a restart repeats nothing.",
                label = "FILE",
                defText = "beside the results; in the cache folder where these go to no file",
                group = "Watching",
                writes = "")
        Path journal,

        @Setting(
                help = "Seconds that a file must stay unchanged to be complete.",
                label = "SECONDS",
                def = "0.5",
                min = 0.05,
                max = 3600,
                group = "Watching")
        double settle) {

    public boolean isAsked() {
        return watch != null;
    }

    public Duration settleTime() {
        return Duration.ofMillis(Math.round(1000 * settle));
    }

    /** @param fallback of a journal that was not asked for, beside the results */
    public Path journalOr(Path fallback) {
        return journal != null ? journal : fallback;
    }

    /** A journal of a watched folder whose results go to no file: in the folder of caches. */
    public Path journalInCache(Path cache, Path model) {
        String place = watch.toAbsolutePath().normalize() + "\n"
                + model.toAbsolutePath().normalize();
        return cache.resolve("watch").resolve(Sha256.of(place).substring(0, 16) + ".journal");
    }

    /** What is said as the watch begins. */
    public String start(WatchJournal opened, Path file) {
        return "watching " + watch + "; "
                + (opened.size() == 0
                        ? ""
                        : opened.size() + " files were taken before (delete " + file + " to repeat); ")
                + "Ctrl-C ends";
    }

    /** @throws OptionException if the folder does not exist, or a journal is given without one */
    public void check() {
        if (watch != null && !Files.isDirectory(watch)) {
            throw new OptionException(
                    "watch",
                    watch
                            + (Files.exists(watch)
                                    ? " is a file, expected a folder"
                                    : ": no such folder; check the path"));
        }
        if (watch == null && journal != null) {
            throw new OptionException("journal", "only for a watched folder");
        }
    }
}
