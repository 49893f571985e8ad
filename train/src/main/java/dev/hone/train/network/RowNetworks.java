package dev.hone.train.network;

import dev.hone.data.table.Column;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;

/**
 * Networks for rows of a table: several members side by side, each with weights of its own, whose logits are averaged. A
 * weight inside is [M,in,out], a value inside is [M,N,features]. The logits of the members, [M,N,K], are called {@link #MEMBERS},
 * so that each member can be trained on its own loss.
 */
public final class RowNetworks {
    /** The logits of each member, [M,N,K]: a value inside of the graph. */
    public static final String MEMBERS = "members";

    private static final double MOST_EMBEDDED = 32;

    private final Layers l;
    private final Ops o;
    private final RowNetworkSpec spec;

    private RowNetworks(Layers l, RowNetworkSpec spec) {
        this.l = l;
        this.o = l.ops();
        this.spec = spec;
    }

    /**
     * A perceptron with residual blocks, as in Gorishniy et al. 2021: a linear layer, blocks {@code x + dropout(linear(dropout(
     * relu(linear(norm(x))))))}, then {@code linear(relu(norm(x)))}.
     */
    static Value perceptron(Layers l, RowNetworkSpec spec) {
        RowNetworks n = new RowNetworks(l, spec);
        return n.vote(n.deep(RowEncoding.of(l.ops(), spec).all(l.ops())));
    }

    /**
     * Wide and deep (Cheng et al. 2016): a linear model of numbers and one-hot categories beside a perceptron with residual
     * blocks that sees an embedding of each category, of {@code min(32, 1.6 levels^0.56)} features.
     */
    static Value wideAndDeep(Layers l, RowNetworkSpec spec) {
        RowNetworks n = new RowNetworks(l, spec);
        RowEncoding encoding = RowEncoding.of(n.o, spec);
        Value wide = n.first(encoding.all(n.o), "wide", spec.classes());
        Value x = encoding.oneHot() == null
                ? encoding.numbers()
                : n.embedded(
                        encoding.numbers(), encoding.oneHot(), spec.schema().categories());
        return n.vote(n.o.add(wide, n.deep(x)));
    }

    /** Numbers and the embeddings of categories, [N,P+E]. */
    private Value embedded(Value numbers, Value oneHot, List<Column> categories) {
        List<Value> parts = new ArrayList<>();
        if (numbers != null) {
            parts.add(numbers);
        }
        long from = 0;
        for (int c = 0; c < categories.size(); c++) {
            int levels = categories.get(c).levels().size();
            if (levels > 0) {
                Value own = o.slice(oneHot, 1, from, from + levels, 1);
                int features = (int) Math.max(1, Math.min(MOST_EMBEDDED, Math.round(1.6 * Math.pow(levels, 0.56))));
                parts.add(o.matmul(own, l.normal("embedding." + c + ".weight", 0.3, levels, features)));
                from += levels;
            }
        }
        return parts.size() == 1 ? parts.get(0) : o.concat(1, parts);
    }

    /** From [N,D] to the logits of each member, [M,N,K]. */
    private Value deep(Value x) {
        Value y = first(l.dropout(x, spec.inputDropout()), "stem", spec.width());
        for (int b = 0; b < spec.blocks(); b++) {
            String name = "blocks." + b;
            Value inner = l.relu(linear(l.layerNorm(y, name + ".norm", spec.width()), name + ".linear1", spec.width()));
            Value outer = linear(l.dropout(inner, spec.dropout()), name + ".linear2", spec.width());
            y = o.add(y, l.dropout(outer, spec.dropout()));
        }
        return linear(l.relu(l.layerNorm(y, "norm", spec.width())), "head", spec.classes());
    }

    /**
     * {@code x W' + b} for all members at once, who see the same: [N,in] to [M,N,out]; W is [M out,in], uniform within {@code
     * 1 / sqrt(in)}, b zero. One product of matrices, which quantization knows.
     */
    private Value first(Value x, String name, int out) {
        int in = (int) x.shape().size(1);
        long all = (long) spec.members() * out;
        Value weight = l.uniform(name + ".weight", 1 / Math.sqrt(in), all, in);
        Value y = l.gemm(x, weight, l.filled(name + ".bias", 0, all));
        return o.transpose(o.reshape(y, -1, spec.members(), out), 1, 0, 2);
    }

    /** {@code x W + b} for each member: [M,N,in] to [M,N,out]; W uniform within {@code 1 / sqrt(in)}, b zero. */
    private Value linear(Value x, String name, int out) {
        int in = (int) x.shape().size(2);
        Value weight = l.uniform(name + ".weight", 1 / Math.sqrt(in), spec.members(), in, out);
        return o.add(o.matmul(x, weight), l.filled(name + ".bias", 0, spec.members(), 1, out));
    }

    private Value vote(Value members) {
        members.setName(MEMBERS);
        return o.reduceMean(members, false, 0);
    }
}
