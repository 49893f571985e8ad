package dev.hone.train.objective;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One model out of several that vote. */
public final class Ensemble {
    private static final String LOGITS = "logits";

    private Ensemble() {}

    /**
     * The mean of the logits of classifiers, and its softmax, in one graph: {@code logits = (x_1 + ... + x_M) / M}. Its
     * probabilities are so the normalized geometric mean of the members'. Weights are called {@code memberI.NAME}.
     *
     * @param members with the same input and the outputs {@code logits} [N,K] and {@code probabilities} [N,K], as Hone trains
     *     them; they are left as they are
     * @return with the same input and outputs and the metadata of the first member
     * @throws HoneException if there are none, or inputs or classes differ
     */
    public static Model of(List<Model> members) {
        if (members.isEmpty()) {
            throw new HoneException("an ensemble has no members");
        }
        Model all = named(members.get(0), 1);
        Map<String, Value> inputs = new LinkedHashMap<>();
        Attachment.inputs(all).forEach(input -> inputs.put(input.name(), input));
        List<Value> logits = new ArrayList<>();
        logits.add(logits(all));
        while (!all.graph().outputs().isEmpty()) {
            all.graph().removeOutput(0);
        }
        logits.get(0).setName("member1." + LOGITS);
        for (int i = 1; i < members.size(); i++) {
            AttachedModel member = Attachment.attach(all, named(members.get(i), i + 1), inputs);
            Value x = member.output(LOGITS);
            if (!x.shape().equals(logits.get(0).shape())) {
                throw new HoneException(
                        "member " + (i + 1) + " of the ensemble puts out " + x + ", the first " + logits.get(0));
            }
            logits.add(x);
        }
        finish(all, logits);
        return all;
    }

    private static Value logits(Model model) {
        return model.graph().outputs().stream()
                .filter(v -> v.name().equals(LOGITS))
                .findFirst()
                .orElseThrow(() -> new HoneException("a member of an ensemble has no output '" + LOGITS + "'"));
    }

    /** A copy whose weights are called by the number of the member. */
    private static Model named(Model model, int number) {
        Model copy = model.copy();
        ShapeInference.run(copy.graph());
        copy.graph().constants().forEach(v -> v.setName("member" + number + "." + v.name()));
        return copy;
    }

    private static void finish(Model all, List<Value> logits) {
        Ops o = new Ops(all.graph());
        Value sum = logits.get(0);
        for (Value x : logits.subList(1, logits.size())) {
            sum = o.add(sum, x);
        }
        Value mean = o.mul(sum, 1.0 / logits.size());
        all.graph().uniqueNames();
        mean.setName(LOGITS);
        all.graph().addOutput(mean);
        Value probabilities = o.op("Softmax", Map.of("axis", -1), mean);
        probabilities.setName("probabilities");
        all.graph().addOutput(probabilities);
        all.graph().sort();
        // What attached members computed beside their logits.
        Passes.standard().run(all);
        all.graph().uniqueNames();
    }
}
