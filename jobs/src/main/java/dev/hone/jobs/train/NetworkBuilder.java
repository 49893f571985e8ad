package dev.hone.jobs.train;

import dev.hone.core.option.OptionException;
import dev.hone.core.text.Names;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelFiles;
import dev.hone.train.backbone.Backbone;
import dev.hone.train.backbone.Backbones;
import dev.hone.train.network.Adapt;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import dev.hone.train.network.PooledHead;
import dev.hone.train.step.Parameters;
import dev.hone.vision.image.ImageException;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import dev.hone.vision.store.PixelStatistics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/** Builds the network that the options ask for, or adapts the model that is fine-tuned. */
final class NetworkBuilder {
    /** Images that are looked at to choose size and color. */
    private static final int LOOKED_AT = 48;

    private static final int LARGEST_SIDE = 192;

    /** The size that most pretrained networks were trained at. */
    private static final int LARGEST_BACKBONE_SIDE = 224;

    private final NetworkOptions options;

    NetworkBuilder(NetworkOptions options) {
        this.options = options;
    }

    /** Size and color that images are brought to. */
    ImageStore.Form form(DataSet set) {
        List<Sample> samples = set.samples();
        int[] sides = new int[Math.min(LOOKED_AT, samples.size())];
        boolean grayscale = true;
        Random random = new Random(0);
        int looked = 0;
        for (int i = 0; i < 4 * sides.length && looked < sides.length; i++) {
            Path file = samples.get(random.nextInt(samples.size())).file();
            try {
                ImageFiles.Size found = ImageFiles.size(file);
                sides[looked++] = Math.max(found.height(), found.width());
                if (grayscale && options.color() == null) {
                    grayscale = ImageFiles.read(file, 3, 64, 64, Resize.Mode.STRETCH)
                            .isGrayscale();
                }
            } catch (ImageException e) {
                // Corrupt files are counted and named when the set is decoded.
                continue;
            }
        }
        Arrays.sort(sides, 0, looked);
        int largest = options.backbone() == null ? LARGEST_SIDE : LARGEST_BACKBONE_SIDE;
        int side = looked == 0 ? largest : Math.min(largest, Math.max(64, sides[looked / 2] / 32 * 32));
        int channels = options.color() != null ? options.color().channels() : grayscale ? 1 : 3;
        if (options.from() != null) {
            Shape input = ModelFiles.readUnchanged(options.from())
                    .graph()
                    .inputs()
                    .get(0)
                    .shape();
            if (input != null && input.rank() == 4) {
                channels = (int) input.dim(1).value().orElse(channels);
                if (options.size() == null
                        && input.dim(2).isConstant()
                        && input.dim(3).isConstant()) {
                    return new ImageStore.Form(channels, (int) input.size(2), (int) input.size(3), options.mode());
                }
            }
        }
        int[] size = size(side);
        return new ImageStore.Form(channels, size[0], size[1], options.mode());
    }

    /** Height and width as asked for. */
    int[] size(int usual) {
        if (options.size() == null) {
            return new int[] {usual, usual};
        }
        return new int[] {NetworkOptions.side(options.size(), 0), NetworkOptions.side(options.size(), 1)};
    }

    /**
     * Finds before images are decoded what would fail after it: a model to start from that cannot be read, weights to freeze
     * that do not exist.
     */
    void check(List<String> classes, ImageStore.Form form) {
        if (options.from() != null) {
            frozen(ModelFiles.read(options.from()));
        } else if (options.backbone() != null) {
            frozen(onBackbone(classes, form, 0));
        } else if (!options.freeze().isEmpty()) {
            frozen(Networks.build(spec(classes, form, new Normalization.Image(), 0)));
        }
    }

    Model build(List<String> classes, ImageStore.Form form, ImageStore store, int[] training, long seed) {
        if (options.from() != null) {
            return fineTuned(classes, form, store, training, seed);
        }
        if (options.backbone() != null) {
            return onBackbone(classes, form, seed);
        }
        return Networks.build(spec(classes, form, normalization(form, store, training), seed));
    }

    private NetworkSpec spec(List<String> classes, ImageStore.Form form, Normalization normalization, long seed) {
        return NetworkSpec.of(options.architecture() == null ? "resnet-edge" : options.architecture(), classes.size())
                .withInput(form.channels(), form.height(), form.width(), normalization)
                .withMultipliers(options.width(), options.depth())
                .withPooling(NetworkSpec.Pooling.AVERAGE_AND_MAX)
                .withZeroInit(true)
                .withSeed(seed);
    }

    private Model onBackbone(List<String> classes, ImageStore.Form form, long seed) {
        Backbone backbone =
                Backbones.open(options.backbone(), options.pixels(), form.channels(), form.height(), form.width());
        return PooledHead.on(backbone.model(), classes.size(), seed);
    }

    /** A model of Hone's own for the same classes keeps its head; any other gets a new one. */
    private Model fineTuned(List<String> classes, ImageStore.Form form, ImageStore store, int[] training, long seed) {
        Model model = ModelFiles.read(options.from());
        boolean own = ModelCard.isIn(model.metadata());
        Normalization before = own ? null : normalization(form, store, training);
        return own && ModelCard.read(model.metadata()).labels().equals(classes)
                ? Adapt.keepHead(model, before, form.height(), form.width())
                : Adapt.replaceHead(model, classes.size(), before, form.height(), form.width(), seed);
    }

    private Normalization normalization(ImageStore.Form form, ImageStore store, int[] training) {
        return switch (options.normalize()) {
            case IMAGE -> new Normalization.Image();
            case LOCAL -> new Normalization.Local(31);
            case IMAGENET -> Normalization.imageNet();
            case DATASET -> {
                PixelStatistics statistics = PixelStatistics.of(store, training, form);
                yield new Normalization.Dataset(statistics.mean(), statistics.deviation());
            }
        };
    }

    /**
     * Which weights of the model are not trained.
     *
     * @throws OptionException if a pattern matches none of them
     */
    Predicate<String> frozen(Model start) {
        Set<String> names = Parameters.names(start.graph());
        for (String pattern : options.freeze()) {
            if (names.stream().noneMatch(Adapt.frozen(List.of(pattern)))) {
                throw new OptionException(
                        "freeze",
                        pattern + " matches no weight; there are "
                                + Names.some(names.stream()
                                        .map(name -> name.replaceFirst("\\..*", ".*"))
                                        .distinct()
                                        .toList())
                                + ", such as " + names.iterator().next()
                                + (options.from() == null && options.backbone() == null
                                        ? ""
                                        : "; the show job lists all"));
            }
        }
        return Adapt.frozen(options.freeze());
    }
}
