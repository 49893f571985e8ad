package dev.hone.jobs.input;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.data.ImageNames;
import dev.hone.data.Masks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** Walks what one input names, folder by folder. */
final class FileSearch implements Iterator<FoundFile> {
    /** So many names are kept for messages. */
    private static final int NAMED = 7;

    /**
     * Something to look at.
     *
     * @param pattern names below {@code at} that are still to be resolved; empty where {@code at} itself is meant
     * @param given whether the user named it, rather than a folder or a pattern
     */
    private record Task(Path at, List<String> pattern, boolean given) {}

    /** @param real the folder, for finding loops; null where the tasks are not of one */
    private record Frame(Path real, Iterator<Task> tasks) {}

    private final Path root;
    private final int input;
    private final FileKind kind;
    private final Path excluded;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final List<String> notices = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final List<String> masks = new ArrayList<>();
    private long otherCount;
    private long maskCount;
    private FoundFile next;

    /** @param excluded a file or folder that is left out unless it is given itself, such as that of the results, or null */
    FileSearch(Path given, int input, FileKind kind, Path excluded) {
        this.input = input;
        this.kind = kind;
        this.excluded = excluded == null ? null : excluded.toAbsolutePath().normalize();
        Task task = task(given);
        this.root = Files.isDirectory(task.at) ? task.at : parent(task.at);
        frames.push(new Frame(null, List.of(task).iterator()));
    }

    /** The longest beginning that exists, and what is left of the names as a pattern. */
    private static Task task(Path given) {
        if (Files.exists(given)) {
            return new Task(given, List.of(), true);
        }
        Path at = given.isAbsolute() ? given.getRoot() : Path.of("");
        for (int i = 0; i < given.getNameCount(); i++) {
            String name = given.getName(i).toString();
            if (!Files.exists(at.resolve(name)) && FilePattern.isPattern(name)) {
                List<String> rest = new ArrayList<>();
                for (Path part : given.subpath(i, given.getNameCount())) {
                    boolean repeated =
                            !rest.isEmpty() && rest.get(rest.size() - 1).equals(FilePattern.ANY_DEPTH);
                    if (!repeated || !part.toString().equals(FilePattern.ANY_DEPTH)) {
                        rest.add(part.toString());
                    }
                }
                return new Task(at, rest, false);
            }
            at = at.resolve(name);
        }
        return new Task(given, List.of(), true);
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    @Override
    public boolean hasNext() {
        while (next == null && !frames.isEmpty()) {
            Iterator<Task> tasks = frames.peek().tasks();
            if (tasks.hasNext()) {
                look(tasks.next());
            } else {
                frames.pop();
            }
        }
        return next != null;
    }

    @Override
    public FoundFile next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        FoundFile found = next;
        next = null;
        return found;
    }

    private void look(Task task) {
        if (!task.given && task.at.toAbsolutePath().normalize().equals(excluded)) {
            return;
        }
        if (!task.pattern.isEmpty()) {
            resolve(task);
        } else if (Files.isDirectory(task.at)) {
            enter(task.at, children(task.at));
        } else if (task.given) {
            next = new FoundFile(task.at, root, input);
        } else if (!kind.matches(task.at)) {
            otherCount++;
            keep(others, task.at);
        } else if (Files.isRegularFile(task.at)) {
            next = new FoundFile(task.at, root, input);
        } else {
            notices.add(task.at + (Files.exists(task.at) ? " is not a regular file" : " is a link to nothing")
                    + ", skipped");
        }
    }

    private void resolve(Task task) {
        String head = task.pattern.get(0);
        List<String> rest = task.pattern.subList(1, task.pattern.size());
        Path literal = task.at.resolve(head);
        FilePattern pattern = FilePattern.isPattern(head) ? FilePattern.of(head) : null;
        if (Files.exists(literal)) {
            look(new Task(literal, rest, false));
        } else if (!Files.isDirectory(task.at.toString().isEmpty() ? Path.of(".") : task.at)) {
            return; // a file, where the pattern goes on below it
        } else if (head.equals(FilePattern.ANY_DEPTH)) {
            List<Task> tasks = new ArrayList<>();
            if (!rest.isEmpty()) {
                tasks.add(new Task(task.at, rest, false));
            }
            for (Path name : names(task.at)) {
                Path child = task.at.resolve(name);
                if (!ImageNames.isHidden(name.toString()) && (rest.isEmpty() || Files.isDirectory(child))) {
                    tasks.add(new Task(child, rest.isEmpty() ? rest : task.pattern, false));
                }
            }
            enter(task.at, tasks.iterator());
        } else if (pattern != null) {
            Iterator<Task> matching = names(task.at).stream()
                    .filter(name -> pattern.matches(name.toString()))
                    .map(name -> new Task(task.at.resolve(name), rest, false))
                    .iterator();
            frames.push(new Frame(null, matching));
        }
    }

    /** Everything in a folder but what is hidden, masks beside their images, and the excluded folder. */
    private Iterator<Task> children(Path folder) {
        List<Path> files = names(folder).stream()
                .filter(name -> !ImageNames.isHidden(name.toString()))
                .map(folder::resolve)
                .toList();
        Set<Path> beside = kind == FileKind.IMAGES ? Masks.among(files) : Set.of();
        return files.stream()
                .filter(file -> !isMask(file, beside))
                .map(file -> new Task(file, List.of(), false))
                .iterator();
    }

    private void enter(Path folder, Iterator<Task> tasks) {
        try {
            Path real = folder.toRealPath();
            if (frames.stream().anyMatch(frame -> frame.real != null && frame.real.startsWith(real))) {
                notices.add(folder + " is a link to a folder above it, skipped");
                return;
            }
            frames.push(new Frame(real, tasks));
        } catch (IOException e) {
            notices.add(folder + " cannot be read (" + FileErrors.reason(e) + "), skipped");
        }
    }

    /** Not as text: a name need not be text in the system's encoding. */
    private List<Path> names(Path folder) {
        List<Path> names = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder.toString().isEmpty() ? Path.of(".") : folder)) {
            files.forEach(file -> names.add(file.getFileName()));
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            IOException cause = e instanceof IOException io ? io : (IOException) e.getCause();
            if (frames.size() <= 1) {
                throw new HoneException(folder + " cannot be listed: " + FileErrors.reason(cause), e);
            }
            notices.add(folder + " cannot be listed (" + FileErrors.reason(cause) + "), skipped");
        }
        Collections.sort(names);
        return names;
    }

    private boolean isMask(Path file, Set<Path> beside) {
        boolean mask = beside.contains(file);
        try {
            mask |= kind == FileKind.IMAGES && Masks.isFolder(file);
        } catch (IOException e) {
            return false; // said when it is listed
        }
        if (mask) {
            maskCount++;
            keep(masks, file);
        }
        return mask;
    }

    private void keep(List<String> list, Path file) {
        if (list.size() < NAMED) {
            list.add(root.relativize(file).toString());
        }
    }

    /** Names of some files that are of another kind. */
    List<String> others() {
        return others;
    }

    /** What was left out so far, one line each. */
    List<String> notices() {
        List<String> all = new ArrayList<>(notices);
        note(all, otherCount, others, "skipped, " + kind.others());
        note(all, maskCount, masks, "skipped, taken as masks of images");
        return all;
    }

    private void note(List<String> all, long count, List<String> named, String what) {
        if (count > 0) {
            String some = String.join(", ", named.subList(0, Math.min(3, named.size())));
            all.add((root.toString().isEmpty() ? "." : root) + ": " + count + (count == 1 ? " file" : " files") + " "
                    + what + ": " + some + (count > 3 ? " and " + (count - 3) + " more" : ""));
        }
    }
}
