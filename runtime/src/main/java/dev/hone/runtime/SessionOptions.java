package dev.hone.runtime;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a session runs; immutable, each {@code with} method returns a changed copy. */
public final class SessionOptions {
    /** How far the native library rewrites the graph. Integer kernels need {@link #EXTENDED} at least. */
    public enum Optimization {
        NONE,
        BASIC,
        EXTENDED,
        ALL
    }

    private final Device device;
    private final int threads;
    private final boolean spinning;
    private final boolean arena;
    private final Optimization optimization;
    private final Path optimizedModel;
    private final Path profile;
    private final Map<String, String> config;

    private SessionOptions(
            Device device,
            int threads,
            boolean spinning,
            boolean arena,
            Optimization optimization,
            Path optimizedModel,
            Path profile,
            Map<String, String> config) {
        this.device = device;
        this.threads = threads;
        this.spinning = spinning;
        this.arena = arena;
        this.optimization = optimization;
        this.optimizedModel = optimizedModel;
        this.profile = profile;
        this.config = config;
    }

    /** The CPU, as many threads as the machine has physical cores, all optimizations. */
    public static SessionOptions defaults() {
        return new SessionOptions(
                Device.cpu(), CpuInfo.physicalCores(), false, true, Optimization.ALL, null, null, Map.of());
    }

    public Device device() {
        return device;
    }

    public SessionOptions withDevice(Device value) {
        return new SessionOptions(value, threads, spinning, arena, optimization, optimizedModel, profile, config);
    }

    public int threads() {
        return threads;
    }

    /** @param value threads that work on one operator together, 1 or more */
    public SessionOptions withThreads(int value) {
        if (value < 1) {
            throw new OnnxRuntimeException("number of threads " + value + ", expected 1 or more");
        }
        return new SessionOptions(device, value, spinning, arena, optimization, optimizedModel, profile, config);
    }

    public boolean spinning() {
        return spinning;
    }

    /**
     * Whether threads burn the processor while they wait for work, within a run and for a short time after it. Off by
     * default: on a machine that has anything else to do it costs more (ResNet-18 and MobileNetV2 took 1.1 to 1.6 times
     * as long on two shared cores) than the few percent it can win on an idle one.
     */
    public SessionOptions withSpinning(boolean value) {
        return new SessionOptions(device, threads, value, arena, optimization, optimizedModel, profile, config);
    }

    public boolean arena() {
        return arena;
    }

    /**
     * Whether intermediate results live in memory that the session keeps between runs. Faster; but where the batch size
     * varies, what the largest run needed stays taken.
     */
    public SessionOptions withArena(boolean value) {
        return new SessionOptions(device, threads, spinning, value, optimization, optimizedModel, profile, config);
    }

    public Optimization optimization() {
        return optimization;
    }

    public SessionOptions withOptimization(Optimization value) {
        return new SessionOptions(device, threads, spinning, arena, value, optimizedModel, profile, config);
    }

    /** Where the optimized model goes, or null. */
    public Path optimizedModel() {
        return optimizedModel;
    }

    /** Writes the model that is really run to a file, so that one can look at what became of it. */
    public SessionOptions withOptimizedModel(Path value) {
        return new SessionOptions(device, threads, spinning, arena, optimization, value, profile, config);
    }

    /** The prefix of the profile's path, or null. */
    public Path profile() {
        return profile;
    }

    /** Records the time of every node; {@link Session#endProfiling} returns the file. */
    public SessionOptions withProfile(Path prefix) {
        return new SessionOptions(device, threads, spinning, arena, optimization, optimizedModel, prefix, config);
    }

    /** The native library's own session keys, as given. */
    public Map<String, String> config() {
        return config;
    }

    public SessionOptions withConfig(String key, String value) {
        Map<String, String> copy = new LinkedHashMap<>(config);
        copy.put(key, value);
        return new SessionOptions(
                device,
                threads,
                spinning,
                arena,
                optimization,
                optimizedModel,
                profile,
                Collections.unmodifiableMap(copy));
    }
}
