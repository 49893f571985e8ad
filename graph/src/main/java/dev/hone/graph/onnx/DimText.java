package dev.hone.graph.onnx;

import dev.hone.graph.Dim;

/**
 * Parses dimensions in files. Hone writes an expression in the form of {@link Dim#toString} ({@code 2*N+1}) and parses
 * it when reading; any other text is the name of a symbol.
 */
final class DimText {
    private static final int LONGEST = 200;

    private final String text;
    private int at;

    private DimText(String text) {
        this.text = text;
    }

    static Dim read(String text) {
        if (text.isEmpty() || text.contains("?")) {
            return Dim.unknown();
        }
        if (text.length() > LONGEST) {
            return Dim.symbol(text);
        }
        DimText parser = new DimText(text);
        Dim dim = parser.sum();
        // A name such as "batch-size", which is not an expression in canonical form, must not change.
        boolean canonical = dim != null
                && parser.at == text.length()
                && bare(dim.toString()).equals(bare(text));
        return canonical ? dim : Dim.symbol(text);
    }

    private static String bare(String text) {
        return text.replaceAll("[()]", "");
    }

    /** The parsing methods return null if the text is not an expression. */
    private Dim sum() {
        Dim sum = accept("-") ? negated(product()) : product();
        while (sum != null && at < text.length()) {
            if (accept("+")) {
                Dim term = product();
                sum = term == null ? null : sum.plus(term);
            } else if (accept("-")) {
                Dim term = product();
                sum = term == null ? null : sum.minus(term);
            } else {
                break;
            }
        }
        return sum;
    }

    private static Dim negated(Dim dim) {
        return dim == null ? null : dim.times(-1);
    }

    private Dim product() {
        Dim product = atom();
        while (product != null && accept("*")) {
            Dim factor = atom();
            product = factor == null ? null : product.times(factor);
        }
        return product;
    }

    private Dim atom() {
        if (accept("floor(")) {
            Dim numerator = operand();
            Dim denominator = numerator != null && accept("/") ? operand() : null;
            return denominator == null || denominator.is(0) || !accept(")") ? null : numerator.floorDiv(denominator);
        }
        return word();
    }

    /** One operand of a division. */
    private Dim operand() {
        if (!accept("(")) {
            return word();
        }
        Dim sum = sum();
        return accept(")") ? sum : null;
    }

    /** A symbol or a number. */
    private Dim word() {
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.isEmpty()) {
            return null;
        }
        if (!Character.isDigit(word.charAt(0))) {
            return Dim.symbol(word);
        }
        return word.length() < 10 && word.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Dim.of(Long.parseLong(word))
                : null;
    }

    private boolean accept(String token) {
        boolean found = text.startsWith(token, at);
        at += found ? token.length() : 0;
        return found;
    }
}
