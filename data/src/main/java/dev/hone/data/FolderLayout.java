package dev.hone.data;

import dev.hone.data.FolderTree.Folder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the folders of a data set are: classes or splits. No folder is taken for a split by its name alone: a class may be
 * called train. A split is named like one and holds a folder per class. There are splits if two folders are, or one is and
 * the others are not folders per class of the same kind: it has no images beside its folders, and they have no folders of
 * the same names.
 *
 * @param splits the folders of splits; empty if {@code classes} are not divided
 * @param classes the folders of classes, where there are no splits
 * @param others folders with images beside splits
 */
record FolderLayout(List<Folder> splits, List<Folder> classes, List<Folder> others) {
    static FolderLayout of(Folder top) {
        List<Folder> filled = top.filled();
        List<Folder> splits = filled.stream().filter(FolderLayout::isSplit).toList();
        List<Folder> others = filled.stream().filter(f -> !splits.contains(f)).toList();
        return divided(splits, others)
                ? new FolderLayout(splits, List.of(), others)
                : new FolderLayout(List.of(), filled, List.of());
    }

    private static boolean isSplit(Folder folder) {
        return Split.named(folder.name()) != null && !folder.filled().isEmpty();
    }

    private static boolean divided(List<Folder> splits, List<Folder> others) {
        if (splits.size() != 1 || others.isEmpty()) {
            return !splits.isEmpty();
        }
        Folder only = splits.get(0);
        Set<String> classes = only.filled().stream().map(Folder::name).collect(Collectors.toSet());
        return Split.named(only.name()) == Split.TRAIN
                && only.images().isEmpty()
                && others.stream().flatMap(f -> f.filled().stream()).noneMatch(f -> classes.contains(f.name()));
    }

    /** Whether the folders are named like splits, but hold images rather than a folder per class. */
    boolean isFlatSplits() {
        return !classes.isEmpty() && classes.stream().allMatch(f -> Split.named(f.name()) != null);
    }

    /** What may surprise, one line each. */
    List<String> notices() {
        List<String> lines = new ArrayList<>();
        others.forEach(f -> lines.add(f.path() + ": beside the splits, not one, left out"));
        classes.stream()
                .filter(f -> Split.named(f.name()) != null
                        || f.name().toLowerCase(Locale.ROOT).equals(Masks.FOLDER))
                .forEach(f -> lines.add(f.path() + ": read as a class named '" + f.name() + "'"));
        return lines;
    }
}
