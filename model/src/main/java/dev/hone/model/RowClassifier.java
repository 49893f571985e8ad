package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableData;
import dev.hone.data.table.TableSchema;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.metric.Decision;
import dev.hone.model.metric.Evaluation;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.TensorInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A classifier of rows of a table, made by Hone, ready to run. Closing it closes its session; it may be used from several
 * threads.
 */
public final class RowClassifier implements AutoCloseable {
    private static final int BATCH = 256;

    private final Path file;
    private final Session session;
    private final Cards.Card card;
    private final TableSchema schema;
    private final List<String> inputs;
    private final ClassScores scores;
    private final Supplier<Model> model;
    private BatchSize size;

    /** On the CPU with a thread for each physical core. */
    public static RowClassifier open(Path file) {
        return new RowClassifier(file, SessionOptions.defaults());
    }

    /** @throws HoneException if the file cannot be run, or does not take rows of a table */
    public RowClassifier(Path file, SessionOptions options) {
        this(file, ModelFiles.open(file, options), () -> ModelFiles.read(file));
    }

    private RowClassifier(Path file, Session session, Supplier<Model> model) {
        this(file, session, own(file, session), ClassScores.declared(session), model);
    }

    private RowClassifier(Path file, Session session, Cards.Card card, ClassScores scores, Supplier<Model> model) {
        this.model = model;
        this.file = file;
        this.session = session;
        this.card = card;
        this.schema = ((InputSpec.OfRow) card.input()).schema();
        this.inputs = session.inputs().stream().map(TensorInfo::name).toList();
        this.scores = scores;
    }

    private static Cards.Card own(Path file, Session session) {
        try {
            Cards.Card card = Cards.read(file, session.metadata());
            if (card == null || !(card.input() instanceof InputSpec.OfRow)) {
                throw new HoneException(file + " does not say which columns it takes, its inputs are "
                        + session.inputs() + "; expected a model trained on a table, or one of numbers [N,columns]");
            }
            return card;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * A model for a table: one that Hone made, or any other of numbers [N,F], such as trees of scikit-learn's converters, whose
     * columns are those of the table in their order.
     *
     * @param header of the table
     * @throws HoneException if the file cannot be run, takes something else, or has another number of columns
     */
    public static RowClassifier of(Path file, List<String> header, SessionOptions options) {
        Model model = ZippedScores.unzipped(ModelFiles.read(file));
        if (ModelCard.isIn(model.metadata()) || !ForeignTable.isTakenBy(model)) {
            return new RowClassifier(file, options);
        }
        ForeignTable.takeFloats(model);
        ClassScores said = ClassScores.read(model.metadata());
        ClassScores scores = said != null ? said : ScoreAnalysis.of(file, model, null, PixelRange.UNIT, options);
        Session session = Session.open(OnnxWriter.toBytes(ScoreForm.of(model, scores)), options);
        try {
            int classes = Math.toIntExact(session.outputs().get(0).dims()[1]);
            return new RowClassifier(file, session, ForeignTable.card(file, header, classes), scores, () -> model);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Whether a model file says that it takes rows of a table. */
    public static boolean isIn(Path file) {
        return ModelCard.takesRows(ModelFiles.readUnchanged(file).metadata());
    }

    /** Whether a model that Hone did not make takes rows of numbers. */
    public static boolean isForeign(Path file) {
        Model model = ModelFiles.readUnchanged(file);
        return !ModelCard.isIn(model.metadata()) && ForeignTable.isTakenBy(model);
    }

    /** Whether a model file takes neither rows of a table nor of numbers, but an image [N,C,H,W]. */
    public static boolean takesImages(Path file) {
        Model model = ModelFiles.readUnchanged(file);
        List<Value> inputs = model.graph().inputs();
        return !ModelCard.takesRows(model.metadata())
                && inputs.size() == 1
                && inputs.get(0).shape() != null
                && inputs.get(0).shape().rank() == 4;
    }

    /** Another form of the model, which takes the same rows and gives the same scores. */
    public RowClassifier of(Model model, SessionOptions options) {
        return new RowClassifier(file, Session.open(OnnxWriter.toBytes(model), options), () -> model);
    }

    /** The model that is run. */
    public Model model() {
        return ModelFiles.read(file);
    }

    public Path file() {
        return file;
    }

    /** The columns that it takes and what it predicts. */
    public TableSchema schema() {
        return schema;
    }

    /** What Hone wrote into the model. */
    public Cards.Card card() {
        return card;
    }

    /** The class without a defect: as named, as the model says, as the names suggest; or -1. */
    public int good(String named) {
        return GoodClass.index(schema.classes(), named != null ? named : card.good());
    }

    /** How many rows are run at once. */
    private synchronized BatchSize size() {
        if (size == null) {
            size = BatchSize.of(model.get());
        }
        return size;
    }

    /** Probabilities of the classes for a batch, [N][K], each as the row has them alone. */
    public float[][] probabilities(Batch batch) {
        try (Feeds feeds = Feeds.of(batch, inputs)) {
            float[] output = BatchParts.run(session, size(), feeds.tensors(), scores.output());
            return ClassOutputs.probabilities(file, output, batch.size(), scores);
        }
    }

    /** What the model says of each row of a batch. */
    public List<Prediction> predictions(Batch batch) {
        Decision decision = card.decision();
        return ClassOutputs.predictions(
                probabilities(batch), decision, index -> schema.classes().get(index));
    }

    /**
     * Classifies one row.
     *
     * @param row texts by the names of columns, as a CSV file has them
     * @throws HoneException if it lacks a column, or a number's cell holds something else
     */
    public Prediction predict(Map<String, String> row) {
        try (Batch batch = new RowInput(schema).batch(List.of(row))) {
            return predictions(batch).get(0);
        }
    }

    /**
     * Runs the model over rows of a table.
     *
     * @param data of this model's schema
     * @param task what the work is called in the news of its progress
     */
    public Evaluation evaluate(TableData data, int[] rows, String task, Progress progress) {
        progress.started(task, rows.length);
        float[][] probabilities = new float[rows.length][];
        int[] truth = new int[rows.length];
        int at = 0;
        try (BatchSource.Stream batches = TableBatches.of(data, rows, BATCH).epoch(0, 0)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    for (float[] row : probabilities(batch)) {
                        truth[at] = data.label(rows[at]);
                        probabilities[at++] = row;
                    }
                    progress.advanced(at);
                    progress.checkCancelled();
                }
            }
        }
        progress.finished();
        return new Evaluation(schema.classes(), probabilities, truth, card.decision());
    }

    public Session session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
    }
}
