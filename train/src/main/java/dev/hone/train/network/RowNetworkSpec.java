package dev.hone.train.network;

import dev.hone.core.HoneException;
import dev.hone.data.table.TableSchema;
import dev.hone.data.table.TableStatistics;

/**
 * What {@link Networks} needs to know of a network for rows of a table.
 *
 * @param architecture a name of {@link Networks#rowNames()}
 * @param schema the columns and classes
 * @param statistics of the training rows, by column of numbers
 * @param members how many networks vote, each with weights of its own, inside one graph
 * @param width features of a hidden layer of each member
 * @param blocks residual blocks
 * @param dropout probability in a block while it is trained
 * @param inputDropout probability of the encoded input while it is trained
 * @param seed of the initial weights
 */
public record RowNetworkSpec(
        String architecture,
        TableSchema schema,
        TableStatistics statistics,
        int members,
        int width,
        int blocks,
        double dropout,
        double inputDropout,
        long seed) {
    public RowNetworkSpec {
        require(
                schema.classes().size() >= 2,
                "number of classes",
                schema.classes().size(),
                "2 or more");
        require(members >= 1, "number of members", members, "1 or more");
        require(width >= 1, "width", width, "1 or more");
        require(blocks >= 0, "number of blocks", blocks, "0 or more");
        require(dropout >= 0 && dropout < 1, "dropout", dropout, "at least 0 and less than 1");
        require(inputDropout >= 0 && inputDropout < 1, "input dropout", inputDropout, "at least 0 and less than 1");
    }

    /** Eight members of width 64 with two blocks, dropout 0.3, input dropout 0.1, seed 0. */
    public static RowNetworkSpec of(String architecture, TableSchema schema, TableStatistics statistics) {
        return new RowNetworkSpec(architecture, schema, statistics, 8, 64, 2, 0.3, 0.1, 0);
    }

    private static void require(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            throw new HoneException(what + " is " + found + ", expected " + expected);
        }
    }

    public RowNetworkSpec withMembers(int value) {
        return new RowNetworkSpec(architecture, schema, statistics, value, width, blocks, dropout, inputDropout, seed);
    }

    /** Another size of each member. */
    public RowNetworkSpec withSize(int newWidth, int newBlocks) {
        return new RowNetworkSpec(
                architecture, schema, statistics, members, newWidth, newBlocks, dropout, inputDropout, seed);
    }

    public RowNetworkSpec withDropout(double inside, double ofInput) {
        return new RowNetworkSpec(architecture, schema, statistics, members, width, blocks, inside, ofInput, seed);
    }

    public RowNetworkSpec withSeed(long value) {
        return new RowNetworkSpec(
                architecture, schema, statistics, members, width, blocks, dropout, inputDropout, value);
    }

    int classes() {
        return schema.classes().size();
    }
}
