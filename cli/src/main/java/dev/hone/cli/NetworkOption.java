package dev.hone.cli;

import dev.hone.core.text.Names;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.model.ModelCard;
import dev.hone.model.Provenance;
import dev.hone.train.network.Adapt;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
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
import picocli.CommandLine.Option;

/** Which network is trained, and on images of which size and colours. */
final class NetworkOption {
    /** Images that are looked at to choose size and colours. */
    private static final int LOOKED_AT = 48;

    private static final int LARGEST_SIDE = 192;

    /** How pixels are brought to the range the network works in. */
    enum Normal {
        /** Each image by its own mean and deviation. */
        IMAGE,
        /** All images by the mean and deviation of the training images. */
        DATASET,
        /** Each pixel by its surroundings. */
        LOCAL,
        /** By ImageNet's mean and deviation. */
        IMAGENET
    }

    /** Colours of the input. */
    enum Colours {
        GREY(1),
        COLOUR(3);

        private final int channels;

        Colours(int channels) {
            this.channels = channels;
        }
    }

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            description =
                    "resnet-edge (default), resnet-small, resnet18, resnet34, resnet50, mobilenetv2, mobilenetv3-small, mobilenetv3-large, efficientnet-b0, vit-compact or vit-tiny.")
    String architecture = "resnet-edge";

    @Option(
            names = "--from",
            paramLabel = "ONNX",
            description = "Start from this model instead, its head replaced where the classes differ.")
    Path from;

    @Option(
            names = "--freeze",
            paramLabel = "NAMES",
            split = ",",
            description =
                    "Weights that stay as they are, * standing for anything: 'stem.*,layer2.*' ('hone show --weights' "
                            + "lists a model's).")
    List<String> freeze = List.of();

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "Side of the input, or HEIGHTxWIDTH (default: from the images, at most 192).")
    String size;

    @Option(names = "--colours", paramLabel = "NAME", description = "grey or colour (default: grey if all images are).")
    Colours colours;

    @Option(
            names = "--resize",
            paramLabel = "MODE",
            description = "letterbox keeps the aspect ratio (default), stretch does not.")
    Resize.Mode resize = Resize.Mode.LETTERBOX;

    @Option(
            names = "--width",
            paramLabel = "FACTOR",
            description = "Factor on the number of channels (default: ${DEFAULT-VALUE}).")
    double width = 1;

    @Option(
            names = "--depth",
            paramLabel = "FACTOR",
            description = "Factor on the number of blocks (default: ${DEFAULT-VALUE}).")
    double depth = 1;

    @Option(
            names = "--normalize",
            paramLabel = "BY",
            description =
                    "Pixels by image (default), dataset, local or imagenet mean and deviation; part of the model.")
    Normal normal = Normal.IMAGE;

    /** What images are brought to. */
    ImageStore.Form form(DataSet set) {
        List<Sample> samples = set.samples();
        int[] sides = new int[Math.min(LOOKED_AT, samples.size())];
        boolean grey = true;
        Random random = new Random(0);
        int looked = 0;
        for (int i = 0; i < 4 * sides.length && looked < sides.length; i++) {
            Path file = samples.get(random.nextInt(samples.size())).file();
            try {
                ImageFiles.Size found = ImageFiles.size(file);
                sides[looked++] = Math.max(found.height(), found.width());
                if (grey && colours == null) {
                    grey = ImageFiles.read(file, 3, 64, 64, Resize.Mode.STRETCH).isGrey();
                }
            } catch (ImageException e) {
                // Corrupt files are counted and named when the set is decoded.
                continue;
            }
        }
        Arrays.sort(sides, 0, looked);
        int side = looked == 0 ? LARGEST_SIDE : Math.min(LARGEST_SIDE, Math.max(64, sides[looked / 2] / 32 * 32));
        int channels = colours != null ? colours.channels : grey ? 1 : 3;
        if (from != null) {
            Shape input = OnnxReader.readUnchanged(from).graph().inputs().get(0).shape();
            if (input != null && input.rank() == 4) {
                channels = (int) input.dim(1).value().orElse(channels);
                if (size == null && input.dim(2).isConstant() && input.dim(3).isConstant()) {
                    return new ImageStore.Form(channels, (int) input.size(2), (int) input.size(3), resize);
                }
            }
        }
        if (size == null) {
            return new ImageStore.Form(channels, side, side, resize);
        }
        String[] parts = size.toLowerCase(java.util.Locale.ROOT).split("x", -1);
        if (parts.length > 2 || !Arrays.stream(parts).allMatch(p -> p.matches("[1-9]\\d{0,3}"))) {
            throw new HoneException(
                    "--size " + size + ": expected pixels such as 192, or HEIGHTxWIDTH such as 128x256");
        }
        int height = Integer.parseInt(parts[0]);
        return new ImageStore.Form(channels, height, parts.length == 1 ? height : Integer.parseInt(parts[1]), resize);
    }

    Model build(List<String> classes, ImageStore.Form form, ImageStore store, int[] training, long seed) {
        if (from != null) {
            return fineTuned(classes, form, store, training, seed);
        }
        NetworkSpec spec = NetworkSpec.of(architecture, classes.size())
                .withInput(form.channels(), form.height(), form.width(), normalization(form, store, training))
                .withMultipliers(width, depth)
                .withPooling(NetworkSpec.Pooling.AVERAGE_AND_MAX)
                .withZeroInit(true)
                .withSeed(seed);
        return Networks.build(spec);
    }

    /** A model of Hone's own for the same classes goes on with its head; any other gets a new one. */
    private Model fineTuned(List<String> classes, ImageStore.Form form, ImageStore store, int[] training, long seed) {
        Model model = OnnxReader.read(from);
        boolean own = ModelCard.isIn(model.metadata());
        Normalization before = own ? null : normalization(form, store, training);
        return own && ModelCard.read(model.metadata()).labels().equals(classes)
                ? Adapt.keepHead(model, before, form.height(), form.width())
                : Adapt.replaceHead(model, classes.size(), before, form.height(), form.width(), seed);
    }

    private Normalization normalization(ImageStore.Form form, ImageStore store, int[] training) {
        return switch (normal) {
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
     * Which weights of the model that is trained stay as they are.
     *
     * @throws HoneException if a pattern fits none of them
     */
    Predicate<String> frozen(Model start) {
        Set<String> names = Parameters.names(start.graph());
        for (String pattern : freeze) {
            if (names.stream().noneMatch(Adapt.frozen(List.of(pattern)))) {
                throw new HoneException("--freeze " + pattern + ": no weight has such a name; there are "
                        + Names.some(names.stream()
                                .map(name -> name.replaceFirst("\\..*", ".*"))
                                .distinct()
                                .toList())
                        + ", such as " + names.iterator().next()
                        + (from == null ? "" : " ('hone show " + from + " --weights' lists all)"));
            }
        }
        return Adapt.frozen(freeze);
    }

    String parentSha256() {
        return from == null ? "" : Provenance.sha256(from);
    }

    /** All of it, so that a checkpoint of another network is not taken for this one's. */
    @Override
    public String toString() {
        return (from == null ? architecture : "from " + from) + ", size " + size + ", colours " + colours + ", "
                + resize + ", width " + width + ", depth " + depth + ", normalized by " + normal + ", frozen " + freeze;
    }
}
