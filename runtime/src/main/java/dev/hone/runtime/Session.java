package dev.hone.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.hone.core.HoneException;
import dev.hone.core.limit.ModelLimits;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A loaded model. Thread-safe: several threads may run the same session at the same time. */
public final class Session implements AutoCloseable {
    private final OrtSession session;
    private final Map<String, TensorInfo> inputs;
    private final Map<String, TensorInfo> outputs;
    private final SessionOptions options;
    private boolean closed;

    private Session(OrtSession session, SessionOptions options) throws OrtException {
        this.session = session;
        this.options = options;
        this.inputs = infos(session.getInputInfo());
        this.outputs = infos(session.getOutputInfo());
    }

    private interface Opener {
        OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
    }

    /**
     * Opens a serialized model without external data, after {@link ModelLimits}.
     *
     * @throws OnnxRuntimeException if the runtime cannot load the bytes as a model on that device
     */
    public static Session open(byte[] model, SessionOptions options) {
        if (model.length == 0) {
            throw new OnnxRuntimeException("the model is empty (0 bytes)");
        }
        String what = "the model (" + model.length + " bytes)";
        ModelLimits.Passed passed = check(what, () -> ModelLimits.check(ByteBuffer.wrap(model)));
        return open(what, passed, options, (e, o) -> e.createSession(model, o));
    }

    /** Opens a model file of any size, after {@link ModelLimits}; external data files must be in the same folder. */
    public static Session open(Path model, SessionOptions options) {
        if (!Files.isRegularFile(model)) {
            throw new OnnxRuntimeException(model + ": no such model file");
        }
        ModelLimits.Passed passed = check(model.toString(), () -> ModelLimits.check(model));
        return open(model.toString(), passed, options, (e, o) -> e.createSession(model.toString(), o));
    }

    /** The runtime's native code has no limits of its own: it recurses, expands and computes until the process dies. */
    private static ModelLimits.Passed check(String what, Supplier<ModelLimits.Passed> limits) {
        try {
            return limits.get();
        } catch (HoneException e) {
            throw new OnnxRuntimeException(what + ": " + e.getMessage(), e);
        }
    }

    private static Session open(String what, ModelLimits.Passed passed, SessionOptions options, Opener opener) {
        // The environment must be initialized first: it sets the path of the native library.
        OrtEnvironment environment = Environment.ort();
        NativeCalls.enter();
        try (OrtSession.SessionOptions nativeOptions = new OrtSession.SessionOptions()) {
            configure(nativeOptions, options);
            if (passed.carriesIntoSubgraph()) {
                // Computes in FP32 then, as the graph says, instead of crashing.
                nativeOptions.addConfigEntry("session.disable_quant_qdq", "1");
            }
            OrtSession session = opener.open(environment, nativeOptions);
            if (session.getNumOutputs() == 0) {
                session.close();
                throw new OnnxRuntimeException(what + " has no outputs; export it again with the values it is to give");
            }
            return new Session(session, options);
        } catch (OrtException e) {
            throw OnnxRuntimeException.of(what + " cannot be opened on " + options.device(), e);
        } finally {
            NativeCalls.leave();
        }
    }

    private static void configure(OrtSession.SessionOptions to, SessionOptions from) throws OrtException {
        to.setIntraOpNumThreads(from.threads());
        to.setInterOpNumThreads(1);
        to.addConfigEntry("session.intra_op.allow_spinning", from.spinning() ? "1" : "0");
        to.setCPUArenaAllocator(from.arena());
        to.setOptimizationLevel(
                switch (from.optimization()) {
                    case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
                    case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
                    case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
                    case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
                });
        if (from.optimizedModel() != null) {
            to.setOptimizedModelFilePath(from.optimizedModel().toString());
        }
        if (from.profile() != null) {
            to.enableProfiling(from.profile().toString());
        }
        for (Map.Entry<String, String> entry : from.config().entrySet()) {
            to.addConfigEntry(entry.getKey(), entry.getValue());
        }
        if (from.device().kind() == Device.Kind.CUDA) {
            from.device().requireAvailable();
            to.addCUDA(from.device().index());
        }
    }

    private static Map<String, TensorInfo> infos(Map<String, NodeInfo> nodes) {
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        nodes.forEach((name, node) -> infos.put(
                name,
                node.getInfo() instanceof ai.onnxruntime.TensorInfo tensor
                        ? new TensorInfo(name, ElementTypes.onnx(tensor.onnxType), tensor.getShape())
                        : new TensorInfo(name, 0, new long[0])));
        return infos;
    }

    /** The version of ONNX Runtime, such as 1.29.0. */
    public static String runtimeVersion() {
        return Environment.ort().getVersion();
    }

    /** In the order of the model. */
    public List<TensorInfo> inputs() {
        return List.copyOf(inputs.values());
    }

    /** In the order of the model. */
    public List<TensorInfo> outputs() {
        return List.copyOf(outputs.values());
    }

    /**
     * How many samples the model takes at once: the first axis of its first input, or, where that is declared as open, the
     * first axis of its outputs if it is the same number for all; 0 if any number is taken.
     */
    public int batch() {
        long[] first = inputs.isEmpty() ? new long[0] : inputs().get(0).dims();
        if (first.length == 0 || first[0] > 0) {
            return first.length == 0 ? 0 : (int) first[0];
        }
        long rows = 0;
        for (TensorInfo output : outputs.values()) {
            long[] dims = output.dims();
            if (dims.length < 2 || dims[0] <= 0 || rows != 0 && rows != dims[0]) {
                return 0;
            }
            rows = dims[0];
        }
        return (int) rows;
    }

    /** The model's {@code metadata_props}. */
    public Map<String, String> metadata() {
        try {
            return session.getMetadata().getCustomMetadata();
        } catch (OrtException e) {
            throw OnnxRuntimeException.of("cannot read the model's metadata", e);
        }
    }

    /** Runs the model and returns all outputs in the order of the model. The caller closes them. */
    public Map<String, NativeTensor> run(Map<String, NativeTensor> inputValues) {
        return run(inputValues, outputs.keySet(), Map.of());
    }

    /** Runs the model for the given outputs only, which are written to preallocated tensors of the right shapes. */
    public void run(Map<String, NativeTensor> inputValues, Map<String, NativeTensor> preallocated) {
        run(inputValues, Set.of(), preallocated);
    }

    /**
     * Runs the model for a subset of its outputs.
     *
     * @param requested outputs to allocate and return; the caller closes them
     * @param preallocated outputs to write to the caller's tensors; disjoint from {@code requested}
     * @throws dev.hone.core.CancelledException if the session's options ask for it
     */
    public Map<String, NativeTensor> run(
            Map<String, NativeTensor> inputValues,
            Collection<String> requested,
            Map<String, NativeTensor> preallocated) {
        options.checkCancelled();
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        for (TensorInfo info : inputs.values()) {
            feeds.put(info.name(), check("input", info, inputValues.get(info.name())));
        }
        if (inputValues.size() > inputs.size()) {
            rejectUnknown("input", inputValues.keySet(), inputs);
        }
        Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
        rejectUnknown("output", preallocated.keySet(), outputs);
        preallocated.forEach((name, tensor) -> pinned.put(name, check("output", outputs.get(name), tensor)));
        rejectUnknown("output", requested, outputs);
        NativeCalls.enter();
        try {
            // The result owns only its values, whose ownership passes to the caller here.
            OrtSession.Result result = session.run(feeds, new LinkedHashSet<>(requested), pinned);
            return take(result, requested);
        } catch (OrtException e) {
            throw OnnxRuntimeException.of("running the model failed", e);
        } finally {
            NativeCalls.leave();
        }
    }

    private static Map<String, NativeTensor> take(OrtSession.Result result, Collection<String> requested) {
        Map<String, NativeTensor> values = new LinkedHashMap<>();
        for (String name : requested) {
            OnnxValue value = result.get(name).orElse(null);
            if (!(value instanceof OnnxTensor tensor)) {
                result.close();
                throw new OnnxRuntimeException("output '" + name + "' is not a tensor; only tensors are supported");
            }
            values.put(name, NativeTensor.produced(tensor));
        }
        return values;
    }

    private static OnnxTensor check(String what, TensorInfo info, NativeTensor found) {
        if (found == null) {
            throw new OnnxRuntimeException(what + " '" + info.name() + "' is missing, expected "
                    + TensorInfo.describe(info.elementType(), info.dims()));
        }
        if (found.type() != info.elementType() || !info.accepts(found.dimsShared())) {
            throw new OnnxRuntimeException(what + " '" + info.name() + "' is " + found + ", expected "
                    + TensorInfo.describe(info.elementType(), info.dims()));
        }
        return found.value();
    }

    private static void rejectUnknown(String what, Collection<String> names, Map<String, TensorInfo> known) {
        for (String name : names) {
            if (!known.containsKey(name)) {
                throw new OnnxRuntimeException("the model has no " + what + " '" + name + "', its " + what + "s are "
                        + new ArrayList<>(known.keySet()));
            }
        }
    }

    /**
     * Stops profiling.
     *
     * @return the JSON file with the time of each node
     */
    public Path endProfiling() {
        try {
            return Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw OnnxRuntimeException.of("profiling was not on", e);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                session.close();
            } catch (OrtException e) {
                throw OnnxRuntimeException.of("closing a session failed", e);
            }
        }
    }
}
