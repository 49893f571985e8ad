package dev.hone.jobs.backbone;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.FileErrors;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Fetches a package with the user's npm, whose configuration says from which registry. */
final class NpmFetch {
    private static final long MILLISECONDS = 100;

    private final String npm;

    /** @param npm the program */
    NpmFetch(String npm) {
        this.npm = npm;
    }

    /** The npm on the path. */
    static NpmFetch ofPath() {
        return new NpmFetch(File.separatorChar == '/' ? "npm" : "npm.cmd");
    }

    /**
     * Puts a package into a folder.
     *
     * @param spec package and version
     * @param folder an empty one
     * @return the package, a .tgz file
     * @throws HoneException if there is no npm, or it fails; in one line
     * @throws CancelledException if it was cancelled; npm is stopped
     */
    Path fetch(String spec, Path folder, Progress progress) {
        String otherwise = "or fetch the package on another machine (npm pack " + spec + ") and add its .tgz file";
        Path log = folder.resolve("npm.log");
        int status;
        try {
            ProcessBuilder command = new ProcessBuilder(npm, "pack", spec)
                    .directory(folder.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(new File(File.separatorChar == '/' ? "/dev/null" : "NUL")))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            command.environment().put("npm_config_ignore_scripts", "true");
            command.environment().put("npm_config_loglevel", "error");
            Process process = command.start();
            status = await(process, progress);
        } catch (IOException e) {
            throw new HoneException(
                    "npm cannot be started, it is needed to fetch " + spec + "; install npm (Node.js), " + otherwise,
                    e);
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> packages =
                    files.filter(file -> file.toString().endsWith(".tgz")).toList();
            if (status == 0 && packages.size() == 1) {
                return packages.get(0);
            }
            throw new HoneException("npm could not fetch " + spec + ": " + reason(log, status)
                    + "; check network and registry, " + otherwise);
        } catch (IOException e) {
            throw new HoneException(folder + ": " + FileErrors.reason(e), e);
        }
    }

    private static int await(Process process, Progress progress) {
        try {
            while (!process.waitFor(MILLISECONDS, TimeUnit.MILLISECONDS)) {
                progress.checkCancelled();
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    /** The first of npm's own lines that say what happened. */
    private static String reason(Path log, int status) throws IOException {
        List<String> said = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(log), StandardCharsets.UTF_8).split("\\R")) {
            String text = line.replaceFirst("^npm (error|ERR!) ?", "").strip();
            if (!text.equals(line.strip()) && !text.isEmpty() && !text.startsWith("A complete log")) {
                said.add(text);
            }
        }
        return said.isEmpty() ? "exit code " + status : said.stream().limit(2).collect(Collectors.joining(", "));
    }
}
