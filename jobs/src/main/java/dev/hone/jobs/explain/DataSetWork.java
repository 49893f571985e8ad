package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.explain.Method;
import dev.hone.explain.ModelFeatures;
import dev.hone.jobs.Outputs;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.List;

/** Explains the test images of a data set: the quality of the explanations, or what they show together. */
final class DataSetWork {
    private final ExplainOptions options;
    private final DataSetExplanationOptions asked;
    private final Progress progress;

    DataSetWork(ExplainOptions options, Progress progress) {
        this.options = options;
        this.asked = options.dataSet();
        this.progress = progress;
    }

    ExplainResult run() {
        List<Method> methods = asked.methods(options.attribution().methodOrDefault());
        Path page = options.maps().output();
        if (page != null) {
            Outputs.of(options).require(page);
        }
        try (Classifier classifier = options.classifier().open(options.model(), options.run(), progress);
                ImageAttributors attributors = ImageAttributors.open(options, classifier, methods, progress)) {
            return asked.global() != null
                    ? global(classifier, attributors, methods.get(0), page)
                    : quality(classifier, attributors, methods);
        }
    }

    private ExplainedImages images(Classifier classifier, ImageAttributors attributors, Path data) {
        return new ExplainedImages(
                classifier,
                data,
                asked.count(),
                options.attribution().seed(),
                asked.masks(),
                attributors.contrast(),
                options.data(),
                progress);
    }

    private QualityResult quality(Classifier classifier, ImageAttributors attributors, List<Method> methods) {
        ExplainedImages images = images(classifier, attributors, asked.evaluate());
        QualityTable table =
                new QualityEvaluation(classifier.explained(), attributors, classifier).run(images, methods, progress);
        int contrast = attributors.contrast();
        return new QualityResult(
                options.model(),
                asked.evaluate(),
                images.size(),
                options.attribution().seed(),
                contrast < 0 ? null : classifier.input().label(contrast),
                table);
    }

    private GlobalResult global(Classifier classifier, ImageAttributors attributors, Method method, Path page) {
        ImageStore.Form form = classifier.form();
        ExplainedImages images = images(classifier, attributors, asked.global());
        try (ImageExplainer explainer = new ImageExplainer(classifier, attributors, method);
                NativeTensor example = NativeTensor.allocate(1, 1, form.channels(), form.height(), form.width());
                ModelFeatures features = ModelFeatures.open(classifier.explained(), example, attributors.common())) {
            GlobalExplanation explanation = new GlobalExplanation(images, explainer, form);
            explanation.run(features, asked.region(), progress);
            if (page != null) {
                explanation.page(options.model(), asked.global()).report().write(page);
            }
            return explanation.result(page);
        }
    }
}
