package dev.hone.jobs.explain;

import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.store.ImageStore;
import java.util.List;

/** A method of explanation, opened for a model, with {@link ImageAttributors}' groups and baselines for each image. */
public final class ImageAttributor implements AutoCloseable {
    private final Attributor attributor;
    private final Method method;
    private final ImageAttributors how;

    /** @param groups of pixels that are explained, null for single ones */
    public record Attributed(Explanation explanation, Groups groups) {
        /** By pixel and channel; a group's attribution divided evenly. */
        public float[] divided() {
            return groups == null ? explanation.attribution() : groups.spread(explanation.attribution());
        }

        /** The standard error of each of {@link #divided}. */
        public float[] dividedErrors() {
            return groups == null ? explanation.standardError() : groups.spread(explanation.standardError());
        }

        /** By pixel and channel; every pixel of a group has the group's attribution. */
        public float[] painted() {
            return groups == null ? explanation.attribution() : groups.paint(explanation.attribution());
        }
    }

    /** @param attributor is closed with this */
    ImageAttributor(Attributor attributor, Method method, ImageAttributors how) {
        this.attributor = attributor;
        this.method = method;
        this.how = how;
    }

    /** @param image [C,H,W] as the model takes it */
    public Attributed explain(float[] image, int target) {
        return explain(image, List.of(target)).get(0);
    }

    /** Several classes with the same samples, in the order given. */
    public List<Attributed> explain(float[] image, List<Integer> targets) {
        ImageStore.Form form = how.form();
        if (how.blurred()) {
            try (NativeTensor own = ImageBaselines.blurred(image, form)) {
                attributor.replaceBaselines(own);
            }
        }
        Groups groups = how.options().groups(method, image, new long[] {form.channels(), form.height(), form.width()});
        List<Explanation> explained =
                groups == null ? attributor.explain(image, targets) : attributor.explain(image, targets, groups);
        return explained.stream().map(e -> new Attributed(e, groups)).toList();
    }

    @Override
    public void close() {
        attributor.close();
    }
}
