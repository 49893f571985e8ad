package dev.hone.jobs.explain;

import dev.hone.core.option.Setting;
import java.nio.file.Path;
import java.util.List;

/** How the rows of tables (.csv) and arrays (.npz) become what the model takes. */
public record RowOptions(
        @Setting(
                help =
                        "Tables: columns that the model takes, in its order. A categorical column is one-hot encoded, its "
                                + "categories sorted, or as given: purpose=car|house. Categories behind a semicolon are encoded as "
                                + "zeros, as in purpose=car|house;other, and * there is any other. A name "
                                + "with a comma stands in double quotes.",
                label = "NAME[=A|B]",
                defText = "all columns of the baselines",
                group = "Tables and arrays")
        List<String> columns,

        @Setting(
                help = "Tables: columns that get one attribution together, such as money=income|debt.",
                label = "NAME=A|B",
                group = "Tables and arrays")
        List<String> featureGroups,

        @Setting(
                help = "Sequences: a text file with a line per sequence, its tokens separated by spaces.",
                label = "FILE",
                group = "Tables and arrays")
        Path tokens) {
    boolean ofTables() {
        return !columns.isEmpty() || !featureGroups.isEmpty();
    }

    boolean isGiven() {
        return ofTables() || tokens != null;
    }
}
