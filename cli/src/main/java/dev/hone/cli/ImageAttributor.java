package dev.hone.cli;

import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.store.ImageStore;
import java.util.List;

/** A method of explanation, opened for a model, with {@link ImageMethods}' groups and baselines for each image. */
final class ImageAttributor implements AutoCloseable {
    private final Attributor attributor;
    private final Method method;
    private final ImageMethods how;

    /** @param groups of pixels that are explained, null for single ones */
    record Attributed(Explanation explanation, Groups groups) {
        /** By pixel and channel; a group's attribution divided evenly. */
        float[] divided() {
            return groups == null ? explanation.attribution() : groups.spread(explanation.attribution());
        }

        /** The standard error of each of {@link #divided}. */
        float[] dividedErrors() {
            return groups == null ? explanation.standardError() : groups.spread(explanation.standardError());
        }

        /** By pixel and channel; every pixel of a group has the group's attribution. */
        float[] painted() {
            return groups == null ? explanation.attribution() : groups.paint(explanation.attribution());
        }
    }

    /** @param attributor is closed with this */
    ImageAttributor(Attributor attributor, Method method, ImageMethods how) {
        this.attributor = attributor;
        this.method = method;
        this.how = how;
    }

    /** @param image [C,H,W] as the model takes it */
    Attributed explain(float[] image, int target) {
        return explain(image, List.of(target)).get(0);
    }

    /** Several classes by the same draws, in the order given. */
    List<Attributed> explain(float[] image, List<Integer> targets) {
        ImageStore.Form form = how.form();
        if (how.blurred()) {
            try (NativeTensor own = Baselines.blurred(image, form)) {
                attributor.replaceBaselines(own);
            }
        }
        Groups groups = how.choice().groups(method, image, new long[] {form.channels(), form.height(), form.width()});
        List<Explanation> explained =
                groups == null ? attributor.explain(image, targets) : attributor.explain(image, targets, groups);
        return explained.stream().map(e -> new Attributed(e, groups)).toList();
    }

    @Override
    public void close() {
        attributor.close();
    }
}
