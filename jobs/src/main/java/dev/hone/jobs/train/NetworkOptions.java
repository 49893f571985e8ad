package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.train.backbone.NormalizationText;
import dev.hone.train.network.Normalization;
import dev.hone.vision.image.Resize;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which network is trained, and on images of which size and color. */
public record NetworkOptions(
        @Setting(
                help =
                        "Network: resnet-edge, resnet-small, resnet18, resnet34, resnet50, resnet18d, resnet34d, resnet50d, "
                                + "mobilenetv2, mobilenetv3-small, mobilenetv3-large, efficientnet-b0, vit-compact or vit-tiny; for a table mlp or wide-deep.",
                label = "NAME",
                defText = "resnet-edge; mlp for a table",
                group = "Network")
        String architecture,

        @Setting(
                help = "Fine-tune this model; its head is replaced if the classes differ.",
                label = "ONNX",
                group = "Network")
        Path from,

        @Setting(
                help =
                        "Pretrained network to train on, its head replaced: ppocr-det, openimages-mobilenetv2 or an model file.",
                label = "NAME|FILE",
                group = "Network")
        String backbone,

        @Setting(
                help = "Pixels as the backbone was trained on them: imagenet, -1..1, 0..1, none or MEAN/DEVIATION.",
                label = "BY",
                defText = "as known of the backbone or said in its file",
                group = "Network")
        String backboneNormalization,

        @Setting(
                help =
                        "Weights that are not trained; * matches anything: 'stem.*,layer2.*'. The show job lists the names.",
                label = "NAMES",
                group = "Network")
        List<String> freeze,

        @Setting(
                help = "Side of the input in pixels, or height x width, such as 128x256.",
                label = "PIXELS",
                defText = "from the images, at most 192",
                group = "Network")
        String size,

        @Setting(
                help = "Color of the input.",
                label = "COLOR",
                defText = "grayscale if all images are",
                group = "Network")
        Color color,

        @Setting(
                help = "How images are resized: letterbox keeps the aspect ratio, stretch does not.",
                label = "MODE",
                defText = "stretch with a backbone, else letterbox",
                group = "Network")
        Resize.Mode resize,

        @Setting(
                help = "Factor on the number of channels.",
                label = "FACTOR",
                def = "1",
                min = Double.MIN_VALUE,
                group = "Network")
        double width,

        @Setting(
                help = "Factor on the number of blocks.",
                label = "FACTOR",
                def = "1",
                min = Double.MIN_VALUE,
                group = "Network")
        double depth,

        @Setting(
                help =
                        "Mean and deviation for normalizing pixels inside the model: of each image, of the training dataset, of the local "
                                + "31 x 31 pixels, or of ImageNet.",
                label = "BY",
                def = "image",
                group = "Network")
        Normalize normalize) {

    /** @throws OptionException if the size is none, or if what is trained is given twice */
    public NetworkOptions {
        if (size != null) {
            side(size, 0);
        }
        if (backbone != null && (from != null || architecture != null)) {
            throw new OptionException(
                    "backbone",
                    "a backbone takes the place of " + (from != null ? "the model" : "the network") + " '"
                            + (from != null ? from : architecture) + "'; give one of the two");
        }
        if (backboneNormalization != null) {
            if (backbone == null) {
                throw new OptionException("backbone-normalization", "there is no backbone to normalize for");
            }
            try {
                NormalizationText.parse(backboneNormalization);
            } catch (HoneException e) {
                throw new OptionException("backbone-normalization", e.getMessage());
            }
        }
    }

    /** Height (0) or width (1) of a size such as 192 or 128x256. */
    static int side(String size, int axis) {
        String[] parts = size.toLowerCase(Locale.ROOT).split("x", -1);
        if (parts.length > 2 || !Arrays.stream(parts).allMatch(p -> p.matches("[1-9]\\d{0,3}"))) {
            throw new OptionException("size", size + ", expected pixels such as 192, or HEIGHTxWIDTH such as 128x256");
        }
        return Integer.parseInt(parts[parts.length == 1 ? 0 : axis]);
    }

    /** Color of the input. */
    public enum Color {
        GRAYSCALE,
        RGB;

        int channels() {
            return this == GRAYSCALE ? 1 : 3;
        }
    }

    /** How pixels are brought to the range the network works in. */
    public enum Normalize {
        /** Each image by its own mean and deviation. */
        IMAGE,
        /** All images by the mean and deviation of the training images. */
        DATASET,
        /** Each pixel by its surroundings. */
        LOCAL,
        /** By ImageNet's mean and deviation. */
        IMAGENET
    }

    public static NetworkOptions defaults() {
        return Options.of(NetworkOptions.class).build(Map.of());
    }

    public NetworkOptions withArchitecture(String name) {
        return new NetworkOptions(
                name, from, backbone, backboneNormalization, freeze, size, color, resize, width, depth, normalize);
    }

    public NetworkOptions withFrom(Path model) {
        return new NetworkOptions(
                architecture,
                model,
                backbone,
                backboneNormalization,
                freeze,
                size,
                color,
                resize,
                width,
                depth,
                normalize);
    }

    public NetworkOptions withBackbone(String nameOrFile) {
        return new NetworkOptions(
                architecture,
                from,
                nameOrFile,
                backboneNormalization,
                freeze,
                size,
                color,
                resize,
                width,
                depth,
                normalize);
    }

    /** How images are resized: features of pretrained networks are worse where borders are added to images. */
    Resize.Mode mode() {
        return resize != null ? resize : backbone != null ? Resize.Mode.STRETCH : Resize.Mode.LETTERBOX;
    }

    /** How pixels are normalized for the backbone, null for what is known of it. */
    Normalization pixels() {
        return backboneNormalization == null ? null : NormalizationText.parse(backboneNormalization);
    }
}
