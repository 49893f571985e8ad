package dev.hone.runtime;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory use of this process, in bytes.
 *
 * @param resident current resident set size
 * @param peak peak resident set size
 */
public record ProcessMemory(long resident, long peak) {
    /**
     * Resident memory as reported by the system, including native memory. Without {@code /proc} it is the JVM's own
     * memory only, without that of native libraries.
     */
    public static ProcessMemory now() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            return new ProcessMemory(kilobytes(lines, "VmRSS:"), kilobytes(lines, "VmHWM:"));
        } catch (IOException e) {
            MemoryMXBean bean = ManagementFactory.getMemoryMXBean();
            long used = bean.getHeapMemoryUsage().getCommitted()
                    + bean.getNonHeapMemoryUsage().getCommitted();
            return new ProcessMemory(used, used);
        }
    }

    private static long kilobytes(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
