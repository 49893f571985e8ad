package dev.hone.jobs.explain;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.OutputException;
import dev.hone.explain.Method;
import dev.hone.jobs.ImageNotes;
import dev.hone.jobs.input.FileKind;
import dev.hone.jobs.input.FoundFile;
import dev.hone.jobs.input.InputFiles;
import dev.hone.jobs.watch.FolderWatch;
import dev.hone.jobs.watch.WatchJournal;
import dev.hone.jobs.watch.WatchOptions;
import dev.hone.model.Classifier;
import dev.hone.report.ExplanationIndex;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Explains images and writes a heat map for each class of each: of single images, of those in folders, with a record for
 * each and an index of all, or of those that arrive in a folder.
 */
final class ImagesWork {
    /** So many arrivals are taken at once. */
    private static final int ARRIVALS = 16;

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final ExplainOptions options;
    private final Progress progress;
    private final ExplainListener listener;
    private final List<ImageExplanation> explanations = new ArrayList<>();
    private final List<ImageResult.Failure> failures = new ArrayList<>();
    private final List<ImageResult.Uncontrasted> uncontrasted = new ArrayList<>();
    private List<Integer> targets;
    private final ImageNotes notes = new ImageNotes();
    private Classifier classifier;
    private ImageExplainer explainer;
    private ReferenceModel reference;
    private long images;
    private long failed;
    private long skipped;
    private long contrastPredicted;

    ImagesWork(ExplainOptions options, Progress progress, ExplainListener listener) {
        this.options = options;
        this.progress = progress;
        this.listener = listener;
    }

    ImageResult run() {
        Method method = options.attribution().methodOrDefault();
        Path output = options.maps().output();
        InputFiles inputs = new InputFiles(options.inputs(), FileKind.IMAGES, output);
        InputFiles.Count count = inputs.count();
        count.notices().forEach(progress::warning);
        try (Classifier model = options.classifier().open(options.model(), options.run(), progress);
                ImageAttributors attributors = ImageAttributors.open(options, model, List.of(method), progress);
                ImageExplainer opened = new ImageExplainer(model, attributors, method);
                ReferenceModel other = reference(model, attributors)) {
            classifier = model;
            explainer = opened;
            reference = other;
            targets = options.target().of(model.input());
            String extension = options.maps().format() == MapFormat.SVG ? "svg" : "png";
            if (!inputs.isSearched() && !options.watching().isAsked()) {
                single(inputs, new MapNames(output, extension, options.inputs()));
                return result(null);
            }
            FolderRecords records = new FolderRecords(options, extension);
            ExplanationIndex index = new ExplanationIndex(
                    output, "Explanations by " + options.model().getFileName(), "");
            try {
                if (options.watching().isAsked()) {
                    watched(records, index);
                } else {
                    searched(inputs, count.files(), records, index);
                }
            } finally {
                index.write();
            }
            return result(index.first());
        }
    }

    private ImageResult result(Path index) {
        notes.report(progress);
        if (contrastPredicted > 0) {
            progress.info(contrastPredicted + " of " + images + (images == 1 ? " image is" : " images are")
                    + " predicted as the contrast class '" + explainer.contrast() + "': nothing to contrast");
        }
        return new ImageResult(
                explanations,
                failures,
                uncontrasted,
                new ImageResult.Totals(images, failed, skipped, contrastPredicted, index));
    }

    private void single(InputFiles inputs, MapNames names) {
        progress.started("explaining", options.inputs().size());
        for (FoundFile image : inputs) {
            progress.checkCancelled();
            try {
                ImageWork work = work(image.file());
                ImageResult.Uncontrasted without = work.uncontrasted(targets);
                if (without == null) {
                    explanations.addAll(explained(work, names::of));
                } else if (options.inputs().size() > 1) {
                    contrastPredicted++;
                    uncontrasted.add(without);
                    listener.uncontrasted(without);
                } else {
                    throw new HoneException(image.file() + ": the predicted class is the contrast class '"
                            + without.predicted() + "'; name the class to explain");
                }
            } catch (CancelledException | OutputException e) {
                throw e;
            } catch (HoneException e) {
                failed++;
                failures.add(new ImageResult.Failure(image.file(), e.getMessage()));
                listener.failed(image.file(), e);
            }
            progress.advanced(++images);
        }
        progress.finished();
    }

    private void searched(InputFiles inputs, long count, FolderRecords records, ExplanationIndex index) {
        progress.started("explaining", count);
        for (FoundFile image : inputs) {
            progress.checkCancelled();
            recorded(image, records, index);
            progress.advanced(images);
        }
        progress.finished();
        if (skipped > 0) {
            progress.info(skipped + (skipped == 1 ? " image was" : " images were")
                    + " explained before; delete the record of an image, a .json file, to explain it again");
        }
    }

    /** Until it is cancelled. */
    private void watched(FolderRecords records, ExplanationIndex index) {
        WatchOptions watching = options.watching();
        Path output = options.maps().output();
        Path file = watching.journalOr(output.resolve("watch.journal"));
        try (WatchJournal journal = WatchJournal.open(file);
                FolderWatch watch = new FolderWatch(
                        watching.watch(), FileKind.IMAGES, output, journal, watching.settleTime(), progress)) {
            progress.info(watching.start(journal, file));
            while (!progress.isCancelled()) {
                for (FolderWatch.Arrival arrival : watch.poll(ARRIVALS, WAIT)) {
                    progress.checkCancelled();
                    if (!arrival.retried() && !isReadable(arrival.file())) {
                        watch.retry(arrival);
                        continue;
                    }
                    recorded(new FoundFile(arrival.file(), watching.watch(), 0), records, index);
                    journal.add(arrival.entry());
                    index.write();
                }
            }
        } catch (CancelledException e) {
            if (!progress.isCancelled()) {
                throw e;
            }
        }
    }

    /** A file that cannot be read may be incomplete. */
    private boolean isReadable(Path image) {
        try {
            ImageStore.decode(image, classifier.form());
            return true;
        } catch (HoneException e) {
            return false;
        }
    }

    /** Explains an image unless that was done before; damage is noted and passed over. */
    private void recorded(FoundFile image, FolderRecords records, ExplanationIndex index) {
        List<String> labels = targets.size() == 1
                ? List.of("")
                : targets.stream().map(classifier.input()::label).toList();
        images++;
        try {
            FolderRecords.Place place = records.place(image, labels);
            List<Map<String, Object>> done = records.done(place);
            if (done == null) {
                done = documents(work(image.file()), place);
                records.write(place, done);
            } else {
                skipped++;
            }
            done.forEach(e -> add(index, image, e));
        } catch (CancelledException | OutputException e) {
            throw e;
        } catch (HoneException e) {
            failed++;
            index.addFailure(image.name().toString(), image.file(), e.getMessage());
            listener.failed(image.file(), e);
        }
    }

    /** Of the explanations of an image, or of its prediction where that is the contrast class. */
    private List<Map<String, Object>> documents(ImageWork work, FolderRecords.Place place) {
        ImageResult.Uncontrasted without = work.uncontrasted(targets);
        if (without != null) {
            listener.uncontrasted(without);
            return List.of(without.document());
        }
        return explained(work, (file, label) -> place.picture(label)).stream()
                .map(ImageExplanation::document)
                .toList();
    }

    private void add(ExplanationIndex index, FoundFile image, Map<String, Object> explanation) {
        String name = image.name().toString();
        String predicted = String.format(
                Locale.ROOT,
                "%s (%.1f %%)",
                explanation.get("predicted"),
                100 * ((Number) explanation.get("probability")).doubleValue());
        if (!explanation.containsKey("map")) {
            contrastPredicted++;
            index.addUncontrasted(name, image.file(), predicted);
            return;
        }
        index.add(
                Path.of(explanation.get("map").toString()),
                name,
                image.file(),
                "predicted " + predicted + ", explained " + explanation.get("explained"));
    }

    private ImageWork work(Path image) {
        return new ImageWork(options, image, classifier, explainer, reference, notes);
    }

    private List<ImageExplanation> explained(ImageWork work, ImageWork.Pictures names) {
        List<ImageExplanation> made = work.explain(targets, names);
        made.forEach(listener::image);
        return made;
    }

    /** Null where there is none. */
    private ReferenceModel reference(Classifier classifier, ImageAttributors attributors) {
        Path file = options.against();
        return file == null
                ? null
                : ReferenceModel.open(
                        file,
                        classifier,
                        attributors,
                        options.attribution().methodOrDefault(),
                        options.classifier().pixels());
    }
}
