package dev.hone.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Properties of the processor, from {@code /proc/cpuinfo}. */
public final class CpuInfo {
    static final List<String> INFO = readInfo();

    private CpuInfo() {}

    private static List<String> readInfo() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * The number of physical cores available to this process. Hyper-threads do not count: they share the units that
     * matrix products keep busy.
     */
    public static int physicalCores() {
        return physicalCores(INFO, Runtime.getRuntime().availableProcessors());
    }

    static int physicalCores(List<String> info, int available) {
        Set<String> cores = new HashSet<>();
        String chip = "";
        for (String line : info) {
            if (line.startsWith("physical id")) {
                chip = line;
            } else if (line.startsWith("core id")) {
                cores.add(chip + line);
            }
        }
        return cores.isEmpty() ? available : Math.min(cores.size(), available);
    }

    /** The name of the processor, or the architecture if the system does not report one. */
    public static String modelName() {
        return INFO.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
