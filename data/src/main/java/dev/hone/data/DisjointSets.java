package dev.hone.data;

import java.util.Arrays;

/** Elements 0..n-1 in sets that only ever unite (union-find with path halving). */
public final class DisjointSets {
    private final int[] parent;

    /** Each element in a set of its own. */
    public DisjointSets(int size) {
        parent = new int[size];
        Arrays.setAll(parent, i -> i);
    }

    /** Makes one set of the two that the elements are in; its representative is the smaller of theirs. */
    public void unite(int a, int b) {
        int x = find(a);
        int y = find(b);
        parent[Math.max(x, y)] = Math.min(x, y);
    }

    /** The representative of an element's set: the smallest element in it. */
    public int find(int element) {
        int at = element;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }

    /** For each element the number of its set, 0, 1, ... in the order of their first elements. */
    public int[] numbers() {
        int[] numbers = new int[parent.length];
        int sets = 0;
        for (int i = 0; i < parent.length; i++) {
            int root = find(i); // never after i
            numbers[i] = root == i ? sets++ : numbers[root];
        }
        return numbers;
    }
}
