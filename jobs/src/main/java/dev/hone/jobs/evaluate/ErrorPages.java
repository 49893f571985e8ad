package dev.hone.jobs.evaluate;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.OutputException;
import dev.hone.data.Sample;
import dev.hone.explain.Method;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.explain.ImageAttributors;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.model.Classifier;
import dev.hone.model.ModelEvaluation;
import dev.hone.report.ExplanationIndex;
import dev.hone.report.Report;
import dev.hone.report.ReportImages;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The misclassified images with their attribution maps, as pages. */
final class ErrorPages {
    private final ModelEvaluation model;
    private final ImageStore store;
    private final int[] indices;
    private final ErrorList list;

    /** @param indices of the evaluated images in the store, in the evaluation's order */
    ErrorPages(ModelEvaluation model, ImageStore store, int[] indices) {
        this.model = model;
        this.store = store;
        this.indices = indices;
        this.list = new ErrorList(model);
    }

    ErrorFiles write(Path folder, ClassifierOptions how, RunOptions run, Progress progress) {
        List<ErrorList.Misclassified> errors = list.errors();
        ExplanationIndex index = new ExplanationIndex(
                folder,
                "Errors of " + model.name(),
                errors.size() + " of " + indices.length + " images are misclassified. Those of a kind are sorted by "
                        + "confidence. " + Method.GRADIENT_SHAP.properName()
                        + " of the predicted class, with the blurred image as baseline.",
                new Report.Link("List as CSV", ErrorList.CSV));
        List<String> pictures = new ArrayList<>();
        progress.started("explaining errors", errors.size());
        if (!errors.isEmpty()) {
            explain(folder, index, pictures, how, run, progress);
        }
        progress.finished();
        index.write();
        List<String> names = new ArrayList<>();
        for (int i : indices) {
            names.add(store.dataSet().samples().get(i).name());
        }
        return new ErrorFiles(list.writeCsv(folder, names, "images", pictures), index.first(), errors.size());
    }

    private void explain(
            Path folder,
            ExplanationIndex index,
            List<String> pictures,
            ClassifierOptions how,
            RunOptions run,
            Progress progress) {
        try (Classifier classifier = how.open(model.file(), run, Progress.NONE);
                ImageAttributors methods = ImageAttributors.blurred(classifier, run.session(progress));
                ImageExplainer explainer = new ImageExplainer(classifier, methods, Method.GRADIENT_SHAP)) {
            ErrorList.Kind kind = null;
            for (ErrorList.Misclassified error : list.errors()) {
                progress.checkCancelled();
                if (error.kind() != kind) {
                    kind = error.kind();
                    index.section(kind.title());
                }
                pictures.add(picture(folder, index, error, classifier, explainer));
                progress.advanced(pictures.size());
            }
        } catch (CancelledException | OutputException e) {
            throw e;
        } catch (HoneException e) {
            // A model that cannot be explained, such as one without gradients: the list is of use all the same.
            for (ErrorList.Misclassified error :
                    list.errors().subList(pictures.size(), list.errors().size())) {
                failed(index, error, e);
                pictures.add("");
            }
        }
    }

    /** Returns its path below the folder, "" where the image has no map. */
    private String picture(
            Path folder,
            ExplanationIndex index,
            ErrorList.Misclassified error,
            Classifier classifier,
            ImageExplainer explainer) {
        Sample sample = sample(error);
        String relative = "maps/"
                + sample.name()
                        .replace('\\', '/')
                        .replaceAll("(^|/)\\.\\.?(?=/)", "$1_")
                        .replaceAll("\\.png$", "") + ".png";
        Path picture = folder.resolve(relative);
        try {
            Outputs.requireWritableFolder(picture.getParent());
            ImageExplainer.Explained explained =
                    explainer.explain(ImageStore.decode(sample.file(), classifier.form()), -1);
            ReportImages.writeMap(
                    sample.file(), List.of(explained.map(sample.file(), classifier.form(), false)), picture);
            index.add(picture, sample.name(), sample.file(), text(error));
            return relative;
        } catch (CancelledException | OutputException e) {
            throw e;
        } catch (HoneException e) {
            failed(index, error, e);
            return "";
        }
    }

    private static String text(ErrorList.Misclassified error) {
        return String.format(
                Locale.ROOT,
                "actual %s (%.1f %%), predicted %s (%.1f %%)",
                error.actual(),
                100 * error.ofActual(),
                error.predicted(),
                100 * error.probability());
    }

    private void failed(ExplanationIndex index, ErrorList.Misclassified error, HoneException e) {
        Sample sample = sample(error);
        index.addFailure(sample.name(), sample.file(), text(error) + "; " + e.getMessage());
    }

    private Sample sample(ErrorList.Misclassified error) {
        return store.dataSet().samples().get(indices[error.index()]);
    }
}
