package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the source tree that cannot be seen in classes: {@link ArchitectureTest} has the others. */
class SourceTreeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final String INFO = "package-info.java";

    /** Text and character literals, text blocks and comments, whichever begins first. */
    private static final Pattern LITERAL_OR_COMMENT = Pattern.compile(
            "(?s)(?<literal>\"\"\".*?\"\"\"|\"(?:[^\"\\\\\\n]|\\\\.)*\")|'(?:[^'\\\\]|\\\\.)+'|//[^\\n]*|/\\*.*?\\*/");

    private static final Pattern OPTION = Pattern.compile("--[a-z]");

    @Test
    void everyPackageSaysWhatLivesThere() throws IOException {
        Set<Path> without = new TreeSet<>();
        for (Path file : sources("main")) {
            if (!Files.exists(file.resolveSibling(INFO))) {
                without.add(ROOT.relativize(file.getParent()));
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void onlyItsOwnTestsImportTheCommandLine() throws IOException {
        List<Path> importing = new ArrayList<>();
        for (Path file : sources("main", "test")) {
            if (!module(file).equals("cli") && Files.readString(file).contains("dev.hone.cli")) {
                importing.add(ROOT.relativize(file));
            }
        }
        assertThat(importing).isEmpty();
    }

    @Test
    void noTwoClassesOfOneName() throws IOException {
        Map<String, Set<Path>> places = new TreeMap<>();
        for (Path file : sources("main")) {
            String name = file.getFileName().toString();
            if (!name.equals(INFO)) {
                places.computeIfAbsent(name, n -> new TreeSet<>()).add(ROOT.relativize(file));
            }
        }
        places.values().removeIf(files -> files.size() == 1);
        assertThat(places).isEmpty();
    }

    /** A library does not know how an option is spelled; what its caller adds is {@code OptionException.option()}. */
    @Test
    void noTextOfTheLibraryNamesAnOption() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources("main")) {
            if (module(file).equals("cli")) {
                continue;
            }
            LITERAL_OR_COMMENT
                    .matcher(Files.readString(file))
                    .results()
                    .map(match -> match.group(1))
                    .filter(text -> text != null && OPTION.matcher(text).find())
                    .forEach(text -> found.add(ROOT.relativize(file) + ": " + text));
        }
        assertThat(found).isEmpty();
    }

    private static String module(Path file) {
        return ROOT.relativize(file).getName(0).toString();
    }

    private static List<Path> sources(String... kinds) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.sorted().toList()) {
                for (String kind : kinds) {
                    Path folder = module.resolve("src").resolve(kind).resolve("java");
                    if (Files.isDirectory(folder)) {
                        try (Stream<Path> tree = Files.walk(folder)) {
                            tree.filter(file -> file.toString().endsWith(".java"))
                                    .forEach(found::add);
                        }
                    }
                }
            }
        }
        assertThat(found).as("sources below " + ROOT).isNotEmpty();
        return found;
    }
}
