package dev.hone.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the machine's processor offers. */
public final class Cores {
    private static final List<String> INFO = readInfo();

    private Cores() {}

    private static List<String> readInfo() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Physical cores that this process may use: hyper-threads share the units that matrix products keep busy. */
    public static int physical() {
        return physical(INFO, Runtime.getRuntime().availableProcessors());
    }

    static int physical(List<String> info, int available) {
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

    /** The processor's name, or the architecture's where the system does not say. */
    public static String model() {
        return INFO.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /**
     * Whether sums of 8-bit products are exact. On x86 without VNNI instructions pairs of products saturate at 16 bits,
     * and weights have to keep to 7 bits.
     */
    public static boolean hasExactInt8Products() {
        return hasExactInt8Products(INFO, System.getProperty("os.arch"));
    }

    static boolean hasExactInt8Products(List<String> info, String architecture) {
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
        return !x86
                || info.stream()
                        .filter(line -> line.startsWith("flags"))
                        .anyMatch(line -> line.contains(" avx512_vnni") || line.contains(" avx_vnni"));
    }
}
