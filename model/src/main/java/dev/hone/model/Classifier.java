package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.DataSet;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.BatchMixing;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.metric.Evaluation;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A classifier of images, ready to run. Closing it closes its session; it may be used from several threads. */
public final class Classifier implements AutoCloseable {
    private static final int FLOAT = 1;
    private static final BatchSize ANY = new BatchSize(0, false);

    private final ImageInput input;
    private final Path file;
    private final PixelRange pixels;
    private final Session session;
    private final SessionOptions options;
    private final Supplier<Model> model;
    private BatchSize size;

    /** A model that Hone made, on the CPU with a thread for each physical core. */
    public static Classifier open(Path file) {
        return new Classifier(file, SessionOptions.defaults());
    }

    /** A model that Hone made. */
    public Classifier(Path file, SessionOptions options) {
        this(file, null, options);
    }

    /** @param pixels what a model that Hone did not make expects, null for what is usual */
    public Classifier(Path file, PixelRange pixels, SessionOptions options) {
        ModelFiles.Opened opened = ModelFiles.openClassifier(file, pixels, options);
        this.file = file;
        this.model = () -> ModelFiles.read(file);
        this.pixels = pixels;
        this.session = opened.session();
        this.options = options;
        try {
            this.input = ImageInput.of(file, session, opened.scores(), pixels);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private Classifier(Classifier of, Model model, Session session, SessionOptions options) {
        this.input = of.input;
        this.model = () -> model;
        this.pixels = of.pixels;
        this.options = options;
        this.file = of.file;
        this.session = session;
    }

    /** Another form of the model, which takes the same images and gives the same scores. */
    public Classifier of(Model model, SessionOptions options) {
        Session form = Session.open(OnnxWriter.toBytes(model), options);
        if (!ScoreForm.isIn(form, input.scores())) {
            form.close();
            Model formed = ScoreForm.of(model.copy(), input.scores());
            form = Session.open(OnnxWriter.toBytes(formed), options);
        }
        return new Classifier(this, model, form, options);
    }

    /**
     * The model for explanations of it: its only output is the logits, or the scores where there are no logits behind them.
     *
     * @throws HoneException if it takes bytes, between which there is nothing to go through
     */
    public Model explained() {
        if (input.elementType() != FLOAT) {
            throw new HoneException(
                    file + ": input " + input.name() + " takes uint8, an explanation goes through values "
                            + "between bytes; export the model with a float input of 0 to 255, without the Cast at its beginning, "
                            + "and say that its pixels are bytes");
        }
        return ModelFiles.explained(file, ModelFiles.read(file), true, pixels, options);
    }

    /** What images are brought to. */
    public ImageStore.Form form() {
        return input.form();
    }

    public ImageInput input() {
        return input;
    }

    /** Of all K classes, in the order of the probabilities; numbers where the model does not name them. */
    public List<String> labels() {
        return IntStream.range(0, classes()).mapToObj(input::label).toList();
    }

    /** K: as the output's shape says, or as the model gives for one image where that is open. */
    private int classes() {
        long[] dims = session.outputs().stream()
                .filter(output -> output.name().equals(input.scores().output()))
                .findFirst()
                .orElseThrow()
                .dims();
        if (dims.length == 2 && dims[1] > 0) {
            return Math.toIntExact(dims[1]);
        }
        try (NativeTensor black = batch(ByteBuffer.allocate(form().bytes()), 1, Math.max(1, input.fixedBatch()))) {
            return probabilities(black)[0].length;
        }
    }

    /** How many images are run at once. */
    private synchronized BatchSize size() {
        if (size == null) {
            size = new BatchSize(input.fixedBatch(), BatchMixing.isIn(model.get()));
        }
        return size;
    }

    /**
     * Checks, before its images are decoded, that data have as many classes as the model.
     *
     * @throws HoneException if they have not
     */
    public void requireClasses(DataSet set) {
        requireClasses(classes(), set);
    }

    private void requireClasses(int own, DataSet set) {
        if (own != set.classes().size()) {
            throw new HoneException(file + " distinguishes " + own + " classes, the data have "
                    + set.classes().size() + ": " + set.classes() + "; take data of the model's classes");
        }
    }

    /** Decodes a file to the tensor that the model takes, [1,C,H,W]. */
    public NativeTensor decode(Path file) {
        return tensor(ImageStore.decode(file, input.form()));
    }

    /** [1,C,H,W] of the image's own pixels, which have the model's size. */
    public NativeTensor tensor(Image image) {
        return batch(ByteBuffer.wrap(image.pixels()), 1, Math.max(1, input.fixedBatch()));
    }

    /** The image's own pixels as the model takes them, [C,H,W], without what fills up a fixed batch. */
    public float[] values(Image image) {
        try (NativeTensor tensor = tensor(image)) {
            return Arrays.copyOf(tensor.floats(), input.form().bytes());
        }
    }

    /** Probabilities of the classes for a batch, [N][K], each as the image has them alone. */
    public float[][] probabilities(NativeTensor images) {
        ClassScores scores = input.scores();
        int count = Math.toIntExact(images.dims()[0]);
        float[] output =
                BatchParts.run(session, count == 1 ? ANY : size(), Map.of(input.name(), images), scores.output());
        return ClassOutputs.probabilities(file, output, count, scores);
    }

    /** What the model says of each image of a batch [N,C,H,W] that {@link #decode} or {@link #tensor} made. */
    public List<Prediction> predictions(NativeTensor images) {
        return ClassOutputs.predictions(probabilities(images), input.decision(), input::label);
    }

    /**
     * Classifies an image file.
     *
     * @throws HoneException if it cannot be read
     */
    public Prediction predict(Path image) {
        try (NativeTensor tensor = decode(image)) {
            return predictions(tensor).get(0);
        }
    }

    /**
     * Classifies the bytes of a PNG, JPEG, BMP or TIFF file.
     *
     * @throws HoneException if they are no image
     */
    public Prediction predict(byte[] image) {
        try (NativeTensor tensor = tensor(ImageStore.decode(image, input.form(), note -> {}))) {
            return predictions(tensor).get(0);
        }
    }

    /** The probability of a class for one image of floats [C,H,W]. */
    public float probability(float[] image, int target) {
        ImageStore.Form form = input.form();
        try (NativeTensor tensor = NativeTensor.allocate(
                FLOAT, Math.max(1, input.fixedBatch()), form.channels(), form.height(), form.width())) {
            tensor.buffer().asFloatBuffer().put(image);
            tensor.repeatLast(1);
            return probabilities(tensor)[0][target];
        }
    }

    /**
     * Runs the model over samples of a store, streamed.
     *
     * @param task what the work is called in the news of its progress
     */
    public Evaluation evaluate(ImageStore store, int[] indices, String task, Progress progress) {
        progress.started(task, indices.length);
        DataSet set = store.dataSet();
        float[][] probabilities = new float[indices.length][];
        int[] truth = new int[indices.length];
        int batchSize = input.fixedBatch() > 0 ? input.fixedBatch() : 32;
        ImageBatches batches = ImageBatches.of(store, indices, batchSize).asBytes();
        int at = 0;
        try (ImageBatches.Epoch epoch = batches.epoch(0, 0)) {
            while (epoch.hasNext()) {
                try (Batch batch = epoch.next();
                        NativeTensor images =
                                batch(batch.array(ImageBatches.IMAGES).bytes(), batch.size(), batchSize)) {
                    float[][] rows = probabilities(images);
                    for (int i = 0; i < batch.size(); i++) {
                        probabilities[at] = rows[i];
                        truth[at++] = set.samples().get(batch.samples()[i]).label();
                    }
                    progress.advanced(at);
                    progress.checkCancelled();
                }
            }
        }
        progress.finished();
        if (probabilities.length > 0) {
            requireClasses(probabilities[0].length, set);
        }
        return new Evaluation(set.classes(), probabilities, truth, input.decision());
    }

    /** Bytes [N,C,H,W] as the model takes them; a batch too short for a fixed size repeats its last image. */
    public NativeTensor batch(ByteBuffer bytes, int size, int batchSize) {
        long n = input.fixedBatch() > 0 ? batchSize : size;
        ImageStore.Form form = input.form();
        NativeTensor tensor =
                NativeTensor.allocate(input.elementType(), n, form.channels(), form.height(), form.width());
        ByteBuffer pixels = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        pixels.rewind().limit(size * form.bytes());
        if (input.elementType() == FLOAT) {
            FloatBuffer floats = tensor.buffer().asFloatBuffer();
            input.scaled(pixels, floats);
        } else {
            tensor.buffer().put(pixels);
        }
        tensor.repeatLast(size);
        return tensor;
    }

    public Session session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
    }
}
