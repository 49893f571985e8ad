package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;

import dev.hone.graph.Attribute;
import dev.hone.graph.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Recurrent layers: directions, states, peepholes, lengths, activations. */
final class RecurrentCases {
    private static final OperatorCase.Input LENGTHS = fixed(Tensor.ofInts(new int[] {2, 4}, 2));

    private RecurrentCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        for (String direction : new String[] {"forward", "reverse", "bidirectional"}) {
            int d = direction.equals("bidirectional") ? 2 : 1;
            cases.add(lstm(d, absent()).with("direction", direction));
            cases.add(lstm(d, LENGTHS).with("direction", direction));
            cases.add(gru(d, absent()).with("direction", direction));
            cases.add(gru(d, LENGTHS).with("direction", direction).with("linear_before_reset", 1));
            cases.add(rnn(d, absent()).with("direction", direction));
            cases.add(rnn(d, LENGTHS).with("direction", direction));
        }
        cases.add(of("LSTM", normal(3, 2, 2), normal(1, 12, 2), normal(1, 12, 3))
                .with("hidden_size", 3)
                .outputs(3)
                .order(2));
        cases.add(of("GRU", normal(3, 2, 2), normal(1, 9, 2), normal(1, 9, 3), normal(1, 18))
                .with("hidden_size", 3)
                .outputs(2)
                .order(2));
        cases.add(gru(1, absent()).with("linear_before_reset", 1));
        cases.add(lstm(1, absent()).with("input_forget", 1));
        cases.add(withActivations(lstm(1, absent()), "Sigmoid", "Softsign", "Tanh"));
        cases.add(withActivations(lstm(2, absent()), "Sigmoid", "Tanh", "Softsign", "Sigmoid", "Softsign", "Tanh")
                .with("direction", "bidirectional"));
        cases.add(withActivations(gru(1, absent()), "Sigmoid", "ScaledTanh")
                .with("activation_alpha", new float[] {1.2f})
                .with("activation_beta", new float[] {0.8f}));
        cases.add(withActivations(rnn(1, absent()), "Affine")
                .with("activation_alpha", new float[] {0.6f})
                .with("activation_beta", new float[] {0.1f}));
        for (String activation : new String[] {"Sigmoid", "Softplus", "Softsign", "Relu", "LeakyRelu", "Elu"}) {
            cases.add(withActivations(rnn(1, absent()), activation));
        }
        return cases;
    }

    static OperatorCase withActivations(OperatorCase test, String... names) {
        List<byte[]> texts =
                Stream.of(names).map(s -> s.getBytes(StandardCharsets.UTF_8)).toList();
        return test.with("activations", new Attribute.Strs(texts));
    }

    static OperatorCase lstm(int d, OperatorCase.Input lengths) {
        return of(
                        "LSTM",
                        normal(4, 2, 2),
                        normal(d, 12, 2),
                        normal(d, 12, 3),
                        normal(d, 24),
                        lengths,
                        normal(d, 2, 3),
                        normal(d, 2, 3),
                        normal(d, 9))
                .with("hidden_size", 3)
                .outputs(3);
    }

    static OperatorCase gru(int d, OperatorCase.Input lengths) {
        return of("GRU", normal(4, 2, 2), normal(d, 9, 2), normal(d, 9, 3), normal(d, 18), lengths, normal(d, 2, 3))
                .with("hidden_size", 3)
                .outputs(2);
    }

    private static OperatorCase rnn(int d, OperatorCase.Input lengths) {
        return of("RNN", normal(4, 2, 2), normal(d, 3, 2), normal(d, 3, 3), normal(d, 6), lengths, normal(d, 2, 3))
                .with("hidden_size", 3)
                .outputs(2);
    }
}
