package dev.hone.data;

import dev.hone.data.FolderTree.Folder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the folders of a data set are: classes, splits or masks. No folder is taken for a split or for masks by its name
 * alone: a class may be called train, test or masks.
 *
 * <ul> <li>A split is named like one and holds a folder per class. There are splits if two folders are, or one is and the
 * others are not folders per class of the same kind: not images beside it, nor folders of the same names within.
 * <li>Masks lie in {@code masks}, in folders of the same names as the images'.
 * </ul>
 *
 * @param splits the folders of splits; empty if {@code classes} are not divided
 * @param classes the folders of classes, where there are no splits
 * @param masks folders of masks
 * @param others folders with images that are neither
 */
record FolderLayout(List<Folder> splits, List<Folder> classes, List<Folder> masks, List<Folder> others) {
    static FolderLayout of(Folder top) {
        List<Folder> filled = top.filled();
        List<Folder> masks = filled.stream().filter(f -> isMasks(f, filled)).toList();
        List<Folder> images = filled.stream().filter(f -> !masks.contains(f)).toList();
        List<Folder> splits = images.stream().filter(FolderLayout::isSplit).toList();
        List<Folder> others = images.stream().filter(f -> !splits.contains(f)).toList();
        if (divided(splits, others)) {
            List<Folder> more = masks.isEmpty()
                    ? others.stream().filter(f -> isNamedMasks(f)).toList()
                    : masks;
            return new FolderLayout(
                    splits,
                    List.of(),
                    more,
                    others.stream().filter(f -> !more.contains(f)).toList());
        }
        return new FolderLayout(List.of(), images, masks, List.of());
    }

    private static boolean isSplit(Folder folder) {
        return Split.named(folder.name()) != null && !folder.filled().isEmpty();
    }

    private static boolean divided(List<Folder> splits, List<Folder> others) {
        if (splits.size() != 1 || others.isEmpty()) {
            return !splits.isEmpty();
        }
        Folder only = splits.get(0);
        Set<String> classes = names(only.filled());
        return Split.named(only.name()) == Split.TRAIN
                && only.images().isEmpty()
                && others.stream().flatMap(f -> f.filled().stream()).noneMatch(f -> classes.contains(f.name()));
    }

    private static Set<String> names(List<Folder> folders) {
        return folders.stream().map(Folder::name).collect(Collectors.toSet());
    }

    private static boolean isNamedMasks(Folder folder) {
        return folder.name().toLowerCase(Locale.ROOT).equals(Masks.FOLDER);
    }

    /** Whether a folder is laid out as the others are: its folders are called like them. */
    private static boolean isMasks(Folder folder, List<Folder> all) {
        Set<String> beside = new HashSet<>(names(all));
        beside.remove(folder.name());
        return isNamedMasks(folder) && folder.images().isEmpty() && beside.containsAll(names(folder.filled()));
    }

    /** Whether the folders are named like splits, but hold images rather than a folder per class. */
    boolean isFlatSplits() {
        return !classes.isEmpty() && classes.stream().allMatch(f -> Split.named(f.name()) != null);
    }

    /** What may surprise, as lines without the data set's name. */
    List<String> notices() {
        List<String> lines = new ArrayList<>();
        others.forEach(f -> lines.add(f.path() + ": beside the splits, not one, left out"));
        classes.stream()
                .filter(f -> Split.named(f.name()) != null || isNamedMasks(f))
                .forEach(f -> lines.add(f.path() + ": read as a class named '" + f.name() + "'"));
        return lines;
    }
}
