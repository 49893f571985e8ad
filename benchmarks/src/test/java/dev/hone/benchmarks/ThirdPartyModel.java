package dev.hone.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.runtime.NativeTensor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Third-party ONNX models, published in Maven artifacts, with suitable inputs. */
enum ThirdPartyModel {
    OLD_DETECTOR("models/ch_PP-OCRv3_det_infer.onnx", 320, 320),
    DETECTOR("models/ch_PP-OCRv4_det_infer.onnx", 320, 320),
    OLD_RECOGNIZER("models/ch_PP-OCRv3_rec_infer.onnx", 48, 320),
    RECOGNIZER("models/ch_PP-OCRv4_rec_infer.onnx", 48, 320),
    DIRECTION("models/ch_ppocr_mobile_v2.0_cls_infer.onnx", 48, 192),
    SENTENCES("all-minilm-l6-v2.onnx", 0, 0);

    private static final String VOCABULARY = "all-minilm-l6-v2-tokenizer.json";
    private static final int LENGTH = 16;
    private static final String[] WORDS =
            ("the a this our your new old small large fast part machine surface model data "
                            + "image line paper letter market water river engine glass metal light test shows has finds makes "
                            + "reads needs keeps changes good bad clean broken early late with from over under between and or")
                    .split(" ");

    private final String resource;
    private final int height;
    private final int width;

    ThirdPartyModel(String resource, int height, int width) {
        this.resource = resource;
        this.height = height;
        this.width = width;
    }

    /** Copies the model file to a folder. */
    Path in(Path folder) throws IOException {
        Path file = folder.resolve(name() + ".onnx");
        if (!Files.exists(file)) {
            try (InputStream in = ThirdPartyModel.class.getClassLoader().getResourceAsStream(resource)) {
                Files.copy(in, file);
            }
        }
        return file;
    }

    /** Samples one by one; equal seeds give equal samples. */
    CalibrationFeeds samples(int count, long seed) {
        return new CalibrationFeeds() {
            @Override
            public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
                for (int i = 0; i < count; i++) {
                    Random random = new Random(seed * 1000 + i);
                    Map<String, NativeTensor> sample =
                            ThirdPartyModel.this == SENTENCES ? sentence(random) : Map.of("x", drawing(random));
                    consumer.accept(sample);
                    sample.values().forEach(NativeTensor::close);
                }
            }
        };
    }

    /** Dark strokes in lines on a light background, from -1 to 1. */
    private NativeTensor drawing(Random random) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D page = image.createGraphics();
        page.setColor(new Color(200 + random.nextInt(56), 200 + random.nextInt(56), 200 + random.nextInt(56)));
        page.fillRect(0, 0, width, height);
        page.setColor(new Color(random.nextInt(80), random.nextInt(80), random.nextInt(80)));
        page.setStroke(new BasicStroke(2 + random.nextInt(3)));
        for (int top = 4; top + 28 < height; top += 44) {
            for (int left = 8; left + 24 < width * (0.5 + random.nextDouble() / 2); left += 26) {
                for (int stroke = 0; stroke < 4; stroke++) {
                    page.drawLine(
                            left + random.nextInt(20),
                            top + random.nextInt(36),
                            left + random.nextInt(20),
                            top + random.nextInt(36));
                }
            }
        }
        page.dispose();
        float[] values = new float[3 * height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = image.getRGB(x, y);
                for (int c = 0; c < 3; c++) {
                    values[(c * height + y) * width + x] = ((rgb >> 8 * c & 0xFF) / 255f - 0.5f) / 0.5f;
                }
            }
        }
        return NativeTensor.ofFloats(values, 1, 3, height, width);
    }

    /** Words that are single tokens, between the start and end tokens. */
    private static Map<String, NativeTensor> sentence(Random random) {
        JsonNode vocabulary = Vocabulary.TOKENS;
        long[] ids = new long[LENGTH];
        long[] mask = new long[LENGTH];
        ids[0] = vocabulary.get("[CLS]").asLong();
        int words = 4 + random.nextInt(LENGTH - 6);
        for (int i = 1; i <= words; i++) {
            ids[i] = vocabulary.get(WORDS[random.nextInt(WORDS.length)]).asLong();
        }
        ids[words + 1] = vocabulary.get("[SEP]").asLong();
        for (int i = 0; i < words + 2; i++) {
            mask[i] = 1;
        }
        return Map.of(
                "input_ids", NativeTensor.ofLongs(ids, 1, LENGTH),
                "attention_mask", NativeTensor.ofLongs(mask, 1, LENGTH),
                "token_type_ids", NativeTensor.ofLongs(new long[LENGTH], 1, LENGTH));
    }

    /** Read on first use. */
    private static final class Vocabulary {
        static final JsonNode TOKENS = read();

        private static JsonNode read() {
            try (InputStream in = ThirdPartyModel.class.getClassLoader().getResourceAsStream(VOCABULARY)) {
                return new ObjectMapper().readTree(in).get("model").get("vocab");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
