package dev.hone.jobs.evaluate;

import dev.hone.core.Progress;
import dev.hone.data.Split;
import dev.hone.data.table.TableData;
import dev.hone.model.Classifier;
import dev.hone.model.RowClassifier;
import dev.hone.model.metric.Evaluation;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.List;

/** Labelled samples and the model that is run on them, whatever it takes. */
interface EvaluatedData {
    Path source();

    /** What samples are called: images or rows. */
    String unit();

    List<String> classes();

    int size();

    int[] indices(Split split);

    /** The class of a sample. */
    int label(int index);

    Evaluation evaluate(int[] indices, String task, Progress progress);

    /** Images. */
    record OfImages(ImageStore store, Classifier classifier) implements EvaluatedData {
        @Override
        public Path source() {
            return store.dataSet().source();
        }

        @Override
        public String unit() {
            return "images";
        }

        @Override
        public List<String> classes() {
            return store.dataSet().classes();
        }

        @Override
        public int size() {
            return store.dataSet().samples().size();
        }

        @Override
        public int[] indices(Split split) {
            return store.dataSet().indices(split);
        }

        @Override
        public int label(int index) {
            return store.dataSet().samples().get(index).label();
        }

        @Override
        public Evaluation evaluate(int[] indices, String task, Progress progress) {
            return classifier.evaluate(store, indices, task, progress);
        }
    }

    /** Rows of a table. */
    record OfRows(TableData data, RowClassifier classifier) implements EvaluatedData {
        @Override
        public Path source() {
            return data.source();
        }

        @Override
        public String unit() {
            return "rows";
        }

        @Override
        public List<String> classes() {
            return data.classes();
        }

        @Override
        public int size() {
            return data.size();
        }

        @Override
        public int[] indices(Split split) {
            return data.rows(split);
        }

        @Override
        public int label(int index) {
            return data.label(index);
        }

        @Override
        public Evaluation evaluate(int[] indices, String task, Progress progress) {
            return classifier.evaluate(data, indices, task, progress);
        }
    }
}
