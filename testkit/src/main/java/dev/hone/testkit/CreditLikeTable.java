package dev.hone.testkit;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A synthetic credit table with known effects: 14 numeric and 9 categorical columns, the target {@code default} (yes or
 * no) and a fixed {@code split} of four training rows to one test row. The log-odds of a default are a sum of linear,
 * piecewise linear, U-shaped and periodic terms and three interactions; six columns have no effect. Income and
 * utilization have missing values. The same number of rows and random seed give the same file.
 */
public final class CreditLikeTable {
    /** The columns without an effect. */
    public static final List<String> WITHOUT_EFFECT =
            List.of("noise_1", "noise_2", "region", "channel", "weekday", "open_accounts");

    private static final String[] CHECKING = {"overdrawn", "low", "medium", "high"};
    private static final double[] CHECKING_EFFECT = {0.9, 0.4, -0.1, -0.9};
    private static final String[] PURPOSE = {
        "car", "furniture", "business, new", "education", "repairs", "travel", "refinancing", "other"
    };
    private static final double[] PURPOSE_EFFECT = {-0.5, 0, 0.7, 0.3, 0.1, 0.5, -0.4, -0.7};
    private static final String[] HOUSING = {"own", "rent", "free"};
    private static final String[] SAVINGS = {"none", "small", "medium", "large", "unknown"};
    private static final double[] SAVINGS_EFFECT = {0.4, 0.2, -0.1, -0.6, 0};
    private static final String[] JOB = {"unskilled", "skilled", "office", "management", "self-employed", "retired"};
    private static final double[] JOB_EFFECT = {0.3, 0, -0.1, -0.3, 0.4, 0};
    private static final String[] EDUCATION = {"none", "school", "vocational", "bachelor", "master"};
    private static final double[] EDUCATION_EFFECT = {0.25, 0.1, 0, -0.1, -0.25};
    private static final String[] CHANNEL = {"branch", "web", "phone", "agent"};
    private static final String[] WEEKDAY = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
    private static final int REGIONS = 12;
    private static final double BASE = -1.55;

    private final SplittableRandom random;
    /** By column, count, mean and sum of squared deviations of its terms. */
    private final Map<String, double[]> terms = new LinkedHashMap<>();

    private final List<String> cells = new ArrayList<>();
    private double logit;

    private CreditLikeTable(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /**
     * Writes the table.
     *
     * @return importance by column: the standard deviation of its terms over the rows; interactions are shared between
     *     their columns
     */
    public static Map<String, Double> write(Path csv, int rows, long seed) throws IOException {
        CreditLikeTable table = new CreditLikeTable(seed);
        try (Writer out = Files.newBufferedWriter(csv)) {
            for (int i = 0; i < rows; i++) {
                List<String> header = table.row();
                if (i == 0) {
                    out.write(String.join(",", header) + ",default,split\n");
                }
                boolean defaults = table.random.nextDouble() < 1 / (1 + StrictMath.exp(-table.logit));
                String split = table.random.nextInt(5) == 0 ? "test" : "train";
                out.write(String.join(",", table.cells) + (defaults ? ",yes," : ",no,") + split + "\n");
            }
        }
        Map<String, Double> importance = new LinkedHashMap<>();
        table.terms.forEach((name, moments) -> importance.put(name, Math.sqrt(moments[2] / moments[0])));
        return importance;
    }

    /** Generates the cells and the log-odds of one row; returns the column names. */
    private List<String> row() {
        cells.clear();
        logit = BASE;
        List<String> names = new ArrayList<>();
        double utilization = Math.min(1.2, Math.max(0, 0.5 + 0.3 * gaussian()));
        double bent = 1.4 * (utilization - 0.5) + 5 * Math.max(0, utilization - 0.9);
        number(names, "utilization", utilization, 3, bent, 0.05);
        int late = Math.min(8, (int) (-1.1 * StrictMath.log(1 - random.nextDouble())));
        number(names, "late_payments", late, 0, 0.6 * Math.min(late, 3), 0);
        double income = 3000 * StrictMath.exp(0.5 * gaussian());
        double amount = 15000 * StrictMath.exp(0.7 * gaussian());
        double burden = 0.9 * StrictMath.tanh(StrictMath.log(amount / (5 * income)));
        number(names, "income", income, 0, -0.5 * StrictMath.log(income / 3000) + burden / 2, 0.08);
        number(names, "amount", amount, 0, burden / 2, 0);
        double age = 19 + 56 * Math.min(random.nextDouble(), random.nextDouble());
        int housing = random.nextInt(3);
        double young = housing == 1 && age < 32 ? 0.8 : 0;
        double shaped = 0.45 * (age - 42) * (age - 42) / 225 - 0.4;
        number(names, "age", age, 0, shaped + young / 2, 0);
        double duration = 6 * (1 + random.nextInt(10));
        number(names, "duration", duration, 0, 0.45 * (duration - 33) / 17, 0);
        double employed = -4 * StrictMath.log(1 - random.nextDouble());
        number(names, "years_employed", employed, 1, -0.4 * (StrictMath.log(1 + employed) - 1.3), 0);
        double balance = 2000 + 900 * gaussian();
        double later = balance + 600 * gaussian();
        double trend = -0.8 * StrictMath.tanh((later - balance) / 500);
        number(names, "balance_before", balance, 2, trend / 2, 0);
        number(names, "balance_now", later, 2, trend / 2, 0);
        double rate = 1 + 9 * random.nextDouble();
        number(names, "rate", rate, 2, 0.5 * StrictMath.sin(rate), 0);
        int inquiries = random.nextInt(6);
        number(names, "inquiries", inquiries, 0, 0.15 * (inquiries - 2.5), 0);
        number(names, "open_accounts", random.nextInt(12), 0, 0, 0);
        number(names, "noise_1", gaussian(), 4, 0, 0);
        number(names, "noise_2", 1e6 * random.nextDouble(), 0, 0, 0);
        category(names, "checking", CHECKING, random.nextInt(4), CHECKING_EFFECT);
        category(names, "purpose", PURPOSE, random.nextInt(8), PURPOSE_EFFECT);
        add(names, "housing", HOUSING[housing], (housing == 0 ? -0.2 : 0.1) + young / 2);
        category(names, "savings", SAVINGS, random.nextInt(5), SAVINGS_EFFECT);
        category(names, "job", JOB, random.nextInt(6), JOB_EFFECT);
        category(names, "education", EDUCATION, random.nextInt(5), EDUCATION_EFFECT);
        add(names, "region", "R" + random.nextInt(REGIONS), 0);
        add(names, "channel", CHANNEL[random.nextInt(CHANNEL.length)], 0);
        add(names, "weekday", WEEKDAY[random.nextInt(WEEKDAY.length)], 0);
        return names;
    }

    private void number(List<String> names, String name, double value, int decimals, double term, double missing) {
        boolean gone = missing > 0 && random.nextDouble() < missing;
        add(names, name, gone ? "" : String.format(Locale.ROOT, "%." + decimals + "f", value), term);
    }

    private void category(List<String> names, String name, String[] levels, int level, double[] effects) {
        add(names, name, levels[level], effects[level]);
    }

    private void add(List<String> names, String name, String cell, double term) {
        names.add(name);
        cells.add(cell.indexOf(',') < 0 ? cell : '"' + cell + '"');
        double[] moments = terms.computeIfAbsent(name, n -> new double[3]);
        double difference = term - moments[1];
        moments[0]++;
        moments[1] += difference / moments[0];
        moments[2] += difference * (term - moments[1]);
        logit += term;
    }

    /** A standard normal number by the Box-Muller transform, in strict arithmetic. */
    private double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
    }

    /** Writes a table: FILE ROWS SEED. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Double> importance =
                write(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        importance.forEach((name, value) -> System.out.printf(Locale.ROOT, "%-16s %.3f%n", name, value));
    }
}
