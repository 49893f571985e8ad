package dev.hone.data;

import dev.hone.core.HoneException;
import dev.hone.data.FolderTree.Folder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A data set from a folder with a folder per class, optionally under {@code train/}, {@code val/} and {@code test/}.
 * Below a class folder, images are taken at any depth.
 */
final class FolderReader {
    private final Path root;
    private final FolderTree tree;
    private final FolderLayout layout;
    private final List<String> masks = new ArrayList<>();
    private final Map<String, TreeMap<String, Found>> found = new HashMap<>();

    private record Found(Path file, Split split) {}

    FolderReader(Path root) {
        this.root = root;
        this.tree = new FolderTree(root);
        this.layout = FolderLayout.of(tree.top());
    }

    DataSet read() {
        if (layout.isFlatSplits()) {
            throw new HoneException(root + ": "
                    + layout.classes().stream().map(Folder::name).collect(Collectors.joining(", "))
                    + (layout.classes().size() == 1
                            ? " is named like a split but has"
                            : " are named like splits but have")
                    + " no folder per class; expected for example "
                    + layout.classes().get(0).name() + "/good/ and "
                    + layout.classes().get(0).name() + "/scratch/, or a CSV with path,label,split");
        }
        layout.classes().forEach(c -> images(c, Split.NONE));
        layout.splits().forEach(s -> s.filled().forEach(c -> images(c, Split.named(s.name()))));
        List<String> notices = notices();
        if (found.isEmpty()) {
            List<String> empty = tree.top().folders().stream().map(Folder::name).toList();
            throw new HoneException(root + ": no images in it"
                    + (empty.isEmpty() ? "" : ", nor in its folders " + String.join(", ", empty))
                    + "; expected a folder per class with PNG, JPEG, BMP or TIFF"
                    + " files (perhaps under train/, val/, test/), or a CSV with path,label,split"
                    + (notices.isEmpty() ? "" : " (" + String.join("; ", notices) + ")"));
        }
        List<String> classes = ClassNames.sorted(found.keySet());
        List<Sample> samples = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            int index = label;
            found.get(classes.get(label))
                    .forEach((name, of) -> samples.add(Sample.ofFile(of.file, name, index, of.split, "")));
        }
        return new DataSet(root, root, classes, samples, notices);
    }

    /**
     * Whether folders say what the images in them are: splits, folders of classes with no image beside them, or classes
     * that are known.
     *
     * @param known names of classes, or null where two folders are enough
     */
    boolean isLabelled(List<String> known) {
        if (tree.top().images().isEmpty() || !layout.splits().isEmpty()) {
            return true;
        }
        List<String> names = layout.classes().stream().map(Folder::name).toList();
        return known == null
                ? names.size() > 1
                : !names.isEmpty() && names.stream().allMatch(name -> ClassNames.indexOf(name, known) >= 0);
    }

    /** All images at any depth, in one class without a name and no split. */
    DataSet unlabelled() {
        TreeMap<String, Found> all = new TreeMap<>();
        collect(tree.top(), Split.NONE, all);
        List<Sample> samples = new ArrayList<>();
        all.forEach((name, of) -> samples.add(Sample.ofFile(of.file, name, 0, of.split, "")));
        List<String> notices = new ArrayList<>();
        tree.ignored().forEach((what, names) -> note(notices, names, what));
        note(notices, masks, "taken as masks of the JPEG beside them");
        return new DataSet(root, root, List.of(""), samples, notices);
    }

    private void images(Folder folder, Split split) {
        TreeMap<String, Found> ofClass = found.computeIfAbsent(folder.name(), k -> new TreeMap<>());
        collect(folder, split, ofClass);
        if (ofClass.isEmpty()) {
            found.remove(folder.name());
        }
    }

    private void collect(Folder folder, Split split, TreeMap<String, Found> ofClass) {
        Set<Path> ofOthers = Masks.among(folder.images());
        for (Path file : folder.images()) {
            String name = tree.name(file);
            if (ofOthers.contains(file)) {
                masks.add(name);
                continue;
            }
            // names that are no text are not told apart by their text
            String unique = name;
            for (int i = 2; ofClass.containsKey(unique); i++) {
                unique = name + " (" + i + ")";
            }
            ofClass.put(unique, new Found(file, split));
        }
        folder.folders().forEach(f -> collect(f, split, ofClass));
    }

    private List<String> notices() {
        List<String> notices = new ArrayList<>(layout.notices());
        tree.ignored().forEach((what, names) -> note(notices, names, what));
        note(notices, masks, "taken as masks of the JPEG beside them");
        List<String> stray = new ArrayList<>();
        tree.top().images().forEach(p -> stray.add(tree.name(p)));
        layout.splits().forEach(s -> s.images().forEach(p -> stray.add(tree.name(p))));
        note(notices, stray, "in no class folder, ignored");
        ClassNames.lookalikes(found.keySet()).forEach(line -> notices.add(root + ": " + line));
        return notices;
    }

    private void note(List<String> notices, List<String> names, String what) {
        if (!names.isEmpty()) {
            notices.add(root + ": " + Notices.count(names, "file", what));
        }
    }
}
