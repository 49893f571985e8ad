package dev.hone.core.limit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression from a file or a user. Java's matcher backtracks: {@code ((a+)+)+$} takes time exponential in the
 * length of a text, {@code (){2000000000}} takes minutes on an empty one. Here both end with a message.
 */
public final class BoundedPattern {
    /** Characters of an expression. */
    private static final int LENGTH = 1000;

    /** Groups within groups. */
    private static final int NESTING = 50;

    /** Steps that counted repetitions, such as <code>{8}</code>, ask for whatever the text is. */
    private static final long STEPS = 100_000;

    /** Characters looked at in one search; an ordinary expression looks at each a few times. */
    private static final long LOOKS = 1_000_000;

    private final Pattern pattern;

    private BoundedPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * @throws LimitException if the text is no regular expression, or one that asks for too much; the message is about
     *     the expression and starts with it
     */
    public static BoundedPattern of(String expression) {
        if (expression.length() > LENGTH) {
            throw new LimitException(expression.substring(0, 40) + "... has " + expression.length()
                    + " characters, at most " + LENGTH + " are allowed");
        }
        if (new Repetitions(expression).steps() > STEPS) {
            throw new LimitException(expression + " repeats too often: its counts come to more than " + STEPS
                    + " steps; use smaller counts, or + or *");
        }
        try {
            return new BoundedPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new LimitException(expression + " is not a regular expression: " + e.getDescription(), e);
        } catch (StackOverflowError e) {
            throw new LimitException(expression + " is nested too deeply", e);
        }
    }

    /**
     * The first group of the first match in a text; the whole match if the expression has no group.
     *
     * @return nothing if there is no match, or the group has no part in it
     * @throws LimitException if the search takes too long
     */
    public Optional<String> find(String text) {
        try {
            Matcher matcher = pattern.matcher(new Watched(text, 0, text.length(), new long[1]));
            if (!matcher.find()) {
                return Optional.empty();
            }
            int group = matcher.groupCount() == 0 ? 0 : 1;
            return matcher.start(group) < 0
                    ? Optional.empty()
                    : Optional.of(text.substring(matcher.start(group), matcher.end(group)));
        } catch (Exhausted | StackOverflowError e) {
            throw new LimitException(
                    pattern + " takes too long on '" + text + "'; avoid repetitions inside repetitions, such as (a+)+",
                    e);
        }
    }

    @Override
    public String toString() {
        return pattern.toString();
    }

    private static final class Exhausted extends RuntimeException {
        Exhausted() {
            super(null, null, false, false);
        }
    }

    /** A text that counts how often it is looked at. */
    private record Watched(String text, int start, int end, long[] looks) implements CharSequence {
        @Override
        public int length() {
            return end - start;
        }

        @Override
        public char charAt(int index) {
            if (++looks[0] > LOOKS) {
                throw new Exhausted();
            }
            return text.charAt(start + index);
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return new Watched(text, start + from, start + to, looks);
        }

        @Override
        public String toString() {
            return text.substring(start, end);
        }
    }

    /** Adds up an expression's counts: those in a row are summed, those around others multiplied. */
    private static final class Repetitions {
        private final String text;
        private int at;

        Repetitions(String text) {
            this.text = text;
        }

        double steps() {
            double steps = 0;
            while (at < text.length()) {
                steps += sequence(0);
                at++;
            }
            return steps;
        }

        private double sequence(int depth) {
            if (depth > NESTING) {
                return Double.POSITIVE_INFINITY;
            }
            double sum = 0;
            while (at < text.length() && text.charAt(at) != ')') {
                char c = text.charAt(at);
                double one = 1;
                if (c == '(') {
                    at++;
                    one = Math.max(1, sequence(depth + 1));
                } else if (text.startsWith("\\Q", at)) {
                    int end = text.indexOf("\\E", at);
                    at = end < 0 ? text.length() : end + 1;
                } else if (c == '\\') {
                    at++;
                } else if (c == '[') {
                    skipClass();
                }
                at++;
                sum += one * counts();
            }
            return sum;
        }

        /** The product of the counts that follow at once; Java takes <code>a{2}{3}</code> as a repeated repetition. */
        private double counts() {
            double product = 1;
            while (at < text.length() && "{+*?".indexOf(text.charAt(at)) >= 0) {
                if (text.charAt(at) == '{') {
                    int end = text.indexOf('}', at);
                    if (end < 0) {
                        at = text.length();
                        return product;
                    }
                    double largest = 1;
                    for (String number : text.substring(at + 1, end).split(",")) {
                        largest = number.strip().matches("\\d{1,15}")
                                ? Math.max(largest, Long.parseLong(number.strip()))
                                : number.isBlank() ? largest : Double.POSITIVE_INFINITY;
                    }
                    product *= largest;
                    at = end;
                }
                at++;
            }
            return product;
        }

        /** To the bracket that ends a class, in which others may be. */
        private void skipClass() {
            int open = 0;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '\\') {
                    at++;
                } else if (c == '[') {
                    open++;
                } else if (c == ']' && --open == 0) {
                    return;
                }
            }
        }
    }
}
