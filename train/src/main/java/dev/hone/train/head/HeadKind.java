package dev.hone.train.head;

import dev.hone.core.HoneException;
import dev.hone.core.text.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The heads that can be fitted to features. */
public enum HeadKind {
    /** Multinomial logistic regression with an L2 penalty, see {@link LinearHead}. */
    LINEAR(new LinearFamily()),
    /** Support vector machines with Gaussian kernels, each class against the rest, see {@link KernelHead}. */
    SVM(new KernelFamily()),
    /** A perceptron with one hidden layer, see {@link PerceptronHead}. */
    MLP(new PerceptronFamily()),
    /** Cosines to the means of the classes, see {@link PrototypeHead}. */
    PROTOTYPES(new PrototypeFamily());

    private final HeadFamily family;

    HeadKind(HeadFamily family) {
        this.family = family;
    }

    HeadFamily family() {
        return family;
    }

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(HeadKind::label).toList();
    }

    /** @throws HoneException if there is no such head, with the nearest name */
    public static HeadKind named(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new HoneException("'" + label + "' is not one of " + String.join(", ", labels())
                        + NearestName.hint(label, labels())));
    }
}
