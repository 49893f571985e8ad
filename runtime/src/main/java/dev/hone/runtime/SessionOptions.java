package dev.hone.runtime;

import dev.hone.core.CancelledException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Options of a session. Immutable; each {@code with} method returns a modified copy. */
public final class SessionOptions {
    /** Level of ONNX Runtime's graph optimizations. INT8 kernels need at least {@link #EXTENDED}. */
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
    private final BooleanSupplier cancelled;

    private SessionOptions(
            Device device,
            int threads,
            boolean spinning,
            boolean arena,
            Optimization optimization,
            Path optimizedModel,
            Path profile,
            Map<String, String> config,
            BooleanSupplier cancelled) {
        this.device = device;
        this.threads = threads;
        this.spinning = spinning;
        this.arena = arena;
        this.optimization = optimization;
        this.optimizedModel = optimizedModel;
        this.profile = profile;
        this.config = config;
        this.cancelled = cancelled;
    }

    /** CPU, one thread per physical core, all optimizations. */
    public static SessionOptions defaults() {
        return new SessionOptions(
                Device.cpu(),
                CpuInfo.physicalCores(),
                false,
                true,
                Optimization.ALL,
                null,
                null,
                Map.of(),
                () -> false);
    }

    public Device device() {
        return device;
    }

    public SessionOptions withDevice(Device value) {
        return new SessionOptions(
                value, threads, spinning, arena, optimization, optimizedModel, profile, config, cancelled);
    }

    public int threads() {
        return threads;
    }

    /** @param value number of threads within one operator, at least 1 */
    public SessionOptions withThreads(int value) {
        if (value < 1) {
            throw new OnnxRuntimeException("number of threads " + value + ", expected 1 or more");
        }
        return new SessionOptions(
                device, value, spinning, arena, optimization, optimizedModel, profile, config, cancelled);
    }

    public boolean spinning() {
        return spinning;
    }

    /**
     * Whether worker threads spin (busy-wait) for work during a run and shortly after it. Off by default: on an idle
     * machine spinning gains a few percent, but under other load it costs more (ResNet-18 and MobileNetV2 took 1.1 to
     * 1.6 times as long on two shared cores).
     */
    public SessionOptions withSpinning(boolean value) {
        return new SessionOptions(
                device, threads, value, arena, optimization, optimizedModel, profile, config, cancelled);
    }

    public boolean arena() {
        return arena;
    }

    /**
     * Whether the session keeps the memory of intermediate results between runs (arena). Faster, but with varying batch
     * sizes the memory of the largest run stays allocated.
     */
    public SessionOptions withArena(boolean value) {
        return new SessionOptions(
                device, threads, spinning, value, optimization, optimizedModel, profile, config, cancelled);
    }

    public Optimization optimization() {
        return optimization;
    }

    public SessionOptions withOptimization(Optimization value) {
        return new SessionOptions(device, threads, spinning, arena, value, optimizedModel, profile, config, cancelled);
    }

    /** File for the optimized model, or null. */
    public Path optimizedModel() {
        return optimizedModel;
    }

    /** Writes the optimized model, as it is executed, to a file for inspection. */
    public SessionOptions withOptimizedModel(Path value) {
        return new SessionOptions(device, threads, spinning, arena, optimization, value, profile, config, cancelled);
    }

    /** Path prefix of the profile, or null. */
    public Path profile() {
        return profile;
    }

    /** Records the time of every node; {@link Session#endProfiling} returns the file. */
    public SessionOptions withProfile(Path prefix) {
        return new SessionOptions(
                device, threads, spinning, arena, optimization, optimizedModel, prefix, config, cancelled);
    }

    /** Session configuration entries of ONNX Runtime. */
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
                Collections.unmodifiableMap(copy),
                cancelled);
    }

    /**
     * Makes every run ask first whether the work is to stop; it then throws {@link CancelledException}.
     *
     * @param value asked from the threads that run the model
     */
    public SessionOptions withCancellation(BooleanSupplier value) {
        return new SessionOptions(
                device, threads, spinning, arena, optimization, optimizedModel, profile, config, value);
    }

    /** @throws CancelledException if the work is to stop */
    void checkCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new CancelledException();
        }
    }
}
