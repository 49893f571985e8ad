package dev.hone.jobs.input;

import dev.hone.core.option.OptionException;
import dev.hone.core.text.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The files that inputs name, in order. An input is a file; a folder, whose files are taken at any depth in the order of
 * their names; or a pattern such as {@code parts/*.png} or {@code parts/**}{@code /*.png}. A name that exists is no
 * pattern, whatever characters it has. Listed as they are asked for: only the names of the folder that is read, and of
 * those above it, are in memory.
 */
public final class InputFiles implements Iterable<FoundFile> {
    private final List<Path> inputs;
    private final FileKind kind;
    private final Path excluded;

    /**
     * @param kind what is searched for in folders and by patterns
     * @param excluded a file or folder that is left out where it is found, such as that of the results, or null
     */
    public InputFiles(List<Path> inputs, FileKind kind, Path excluded) {
        this.inputs = List.copyOf(inputs);
        this.kind = kind;
        this.excluded = excluded;
    }

    /** What was found. */
    public record Count(long files, List<String> notices) {}

    /** Whether files have to be searched for: an input is a folder or a pattern. */
    public boolean isSearched() {
        return inputs.stream().anyMatch(InputFiles::isSearched);
    }

    /** Whether an input is a folder or a pattern. */
    public static boolean isSearched(Path input) {
        return Files.isDirectory(input) || isPattern(input);
    }

    private static boolean isPattern(Path input) {
        if (Files.exists(input)) {
            return false;
        }
        for (Path name : input) {
            if (FilePattern.isPattern(name.toString())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Lists everything once: the number of files, and what was left out.
     *
     * @throws OptionException if a folder or pattern names no file of the kind
     */
    public Count count() {
        long files = 0;
        List<String> notices = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Path input = inputs.get(i);
            FileSearch search = new FileSearch(input, i, kind, excluded);
            long found = 0;
            for (; search.hasNext(); search.next()) {
                found++;
            }
            if (found == 0) {
                throw new OptionException("inputs", nothing(input, search.others()));
            }
            files += found;
            notices.addAll(search.notices());
        }
        return new Count(files, notices);
    }

    private String nothing(Path input, List<String> others) {
        if (!others.isEmpty()) {
            return input + " holds no " + kind.text() + "; found " + Names.some(others);
        }
        return Files.isDirectory(input)
                ? input + " holds no " + kind.text() + " at any depth"
                : input + " matches no file; check the pattern and the folder";
    }

    @Override
    public Iterator<FoundFile> iterator() {
        Iterator<Path> rest = inputs.iterator();
        return new Iterator<>() {
            private int at;
            private FileSearch search;

            @Override
            public boolean hasNext() {
                while ((search == null || !search.hasNext()) && rest.hasNext()) {
                    search = new FileSearch(rest.next(), at++, kind, excluded);
                }
                return search != null && search.hasNext();
            }

            @Override
            public FoundFile next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return search.next();
            }
        };
    }
}
