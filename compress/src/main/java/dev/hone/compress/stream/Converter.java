package dev.hone.compress.stream;

import dev.hone.compress.quantize.Quantizer;
import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.OutputException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import dev.hone.graph.Value;
import dev.hone.graph.rewrite.DropCeilMode;
import dev.hone.graph.rewrite.GraphEdits;
import dev.hone.graph.rewrite.RewriteRules;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelWriter;
import dev.hone.runtime.CpuInfo;
import dev.hone.runtime.OnnxRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Brings models into a {@link Format}, in memory or from file to file. */
public final class Converter {
    /** Tensors below this many bytes stay inside the model's own file, as other ONNX tools do it. */
    private static final long EXTERNAL_FROM = 1024;

    private static final long CHECKPOINT_BYTES = 1L << 30;

    private Converter() {}

    /**
     * @param tensors how many tensors were made anew
     * @param left what stays as it was although it might be expected to change, by name, with the reason
     */
    public record Converted(int tensors, Map<String, String> left) {}

    /** Threads read, convert and write at the same time; more of them than cores, since some wait for the disk. */
    private static int threads() {
        return CpuInfo.physicalCores() + 1;
    }

    /**
     * In memory, and in place. For a model whose tensors fit there.
     *
     * @throws HoneException if the model cannot be brought into the format; it is not to be used then
     */
    public static Converted convert(Model model, Format format, Progress progress) {
        Map<String, String> left = new TreeMap<>();
        prepare(model.graph());
        List<Conversion> conversions = format.apply(model, Storage.heap(), left);
        removeUnused(model.graph());
        model.metadata().put(Quantizer.METADATA_KEY, format.description());
        ConversionWorkers workers = new ConversionWorkers(conversions);
        try {
            boolean finished = workers.run(threads(), new Checkpoints(workers, null, null, progress, Long.MAX_VALUE));
            if (!finished) {
                throw new CancelledException();
            }
        } catch (IOException e) {
            throw new HoneException("reading the model's tensors failed: " + FileErrors.reason(e), e);
        }
        return new Converted(conversions.size(), left);
    }

    /**
     * From file to file, for a model of any size: its tensors pass through memory in pieces. The new model's tensors lie
     * in the file {@code to + ".data"}, beside the file that a link {@code to} leads to. A run that is interrupted, or that ends because the disk is full, leaves
     * {@code to + ".data.part"} and {@code to + ".journal"}, and the next one with the same options resumes from there.
     *
     * @throws HoneException if the model cannot be read or brought into the format, if the disk is full, or if the source
     *     changes meanwhile
     * @throws CancelledException if the progress asks for it
     */
    public static Converted convert(Path from, Path to, Format format, Changes changes, Progress progress) {
        return convert(from, to, format, changes, progress, CHECKPOINT_BYTES);
    }

    /** What else is to be changed in a converted model before it is written: its metadata, say. */
    @FunctionalInterface
    public interface Changes {
        void apply(Model model);
    }

    static Converted convert(
            Path from, Path output, Format format, Changes changes, Progress progress, long checkpointBytes) {
        Model model = ModelFiles.read(from);
        String identity = identity(from, model, format);
        Map<String, String> left = new TreeMap<>();
        try {
            Path to = AtomicFile.target(output);
            Path part = beside(to, ".data.part");
            Journal journal = Journal.open(beside(to, ".journal"), identity);
            boolean resumes = !journal.isEmpty() && Files.exists(part);
            if (!resumes) {
                journal = journal.emptied();
                Files.deleteIfExists(part);
            }
            try (FileStorage storage = new FileStorage(part)) {
                List<Conversion> conversions = new ArrayList<>();
                int made;
                try {
                    prepare(model.graph());
                    conversions.addAll(format.apply(model, storage, left));
                    removeUnused(model.graph());
                    made = conversions.size();
                    copyOthers(model.graph(), storage, conversions);
                    requireSpace(to, resumes ? 0 : storage.size());
                } catch (HoneException e) {
                    Files.deleteIfExists(part);
                    throw e;
                }
                ConversionWorkers workers = new ConversionWorkers(conversions);
                journal.begin(workers.count());
                Checkpoints checkpoints = new Checkpoints(workers, journal, storage, progress, checkpointBytes);
                try {
                    run(workers, checkpoints, to);
                } catch (Unfinished e) {
                    throw new HoneException(e.getMessage(), e);
                } catch (CancelledException e) {
                    throw e;
                } catch (HoneException e) {
                    journal.delete();
                    Files.deleteIfExists(part);
                    throw e;
                }
                if (!identity.equals(identity(from, ModelFiles.readUnchanged(from), format))) {
                    journal.delete();
                    Files.deleteIfExists(part);
                    throw new HoneException(from + " changed while it was read; nothing was written, run again");
                }
                model.metadata().put(Quantizer.METADATA_KEY, format.description());
                changes.apply(model);
                try {
                    ModelWriter.write(model, to, storage.file());
                } catch (OnnxRuntimeException e) {
                    journal.delete();
                    Files.deleteIfExists(part);
                    throw e;
                }
                journal.delete();
                return new Converted(made, left);
            }
        } catch (IOException e) {
            throw new OutputException(output, e);
        }
    }

    private static void prepare(Graph graph) {
        GraphEdits.weightsToInitializers(graph);
        // In FP16 the runtime casts around such pools and then finds two shapes.
        RewriteRules.of(new DropCeilMode()).run(graph);
    }

    private static void run(ConversionWorkers workers, Checkpoints checkpoints, Path to)
            throws IOException, Unfinished {
        String kept = "; finished tensors are kept in "
                + beside(to, ".data.part").getFileName() + " beside it; run again with the same options to resume";
        boolean finished;
        try {
            finished = workers.run(threads(), checkpoints);
        } catch (IOException e) {
            checkpoints.writeIfPossible();
            throw new Unfinished(
                    "writing " + to + " ended after " + checkpoints.percent() + ": " + FileErrors.reason(e) + kept, e);
        }
        checkpoints.write();
        if (!finished) {
            throw new CancelledException("writing " + to + " was stopped after " + checkpoints.percent() + kept);
        }
    }

    /** What was done so far is kept. */
    private static final class Unfinished extends Exception {
        private static final long serialVersionUID = 1;

        Unfinished(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static void requireSpace(Path to, long needed) throws IOException {
        long free = Files.getFileStore(to.getParent()).getUsableSpace();
        if (free < needed) {
            throw new HoneException(String.format(
                    Locale.ROOT,
                    "cannot write %s: it takes %.2f GB, the disk has %.2f GB free; make room or choose another place",
                    to,
                    needed / 1e9,
                    free / 1e9));
        }
    }

    /** Names, sizes and times of the files, and what is made of them. */
    private static String identity(Path from, Model model, Format format) {
        TreeSet<Path> files = new TreeSet<>();
        files.add(from.toAbsolutePath());
        collectFiles(model.graph(), files);
        StringBuilder text = new StringBuilder();
        try {
            for (Path file : files) {
                text.append(file.getFileName())
                        .append(' ')
                        .append(Files.size(file))
                        .append(" bytes of ")
                        .append(Files.getLastModifiedTime(file))
                        .append(", ");
            }
        } catch (IOException e) {
            throw new HoneException("cannot read " + from + ": " + FileErrors.reason(e), e);
        }
        return text.append("to ").append(format.description()).toString().replace('\n', ' ');
    }

    private static void collectFiles(Graph graph, TreeSet<Path> files) {
        for (Value constant : graph.constants()) {
            if (constant.constant().data() instanceof TensorData.Mapped mapped) {
                files.add(mapped.file().toAbsolutePath());
            }
        }
        graph.nodes().forEach(node -> node.subgraphs().forEach(g -> collectFiles(g, files)));
    }

    private static void removeUnused(Graph graph) {
        for (Value constant : List.copyOf(graph.constants())) {
            if (constant.isUnused() && constant.isConstant()) {
                graph.removeConstant(constant);
            }
        }
    }

    private static void copyOthers(Graph graph, FileStorage storage, List<Conversion> conversions) {
        for (Value constant : graph.constants()) {
            Tensor tensor = constant.constant();
            if (tensor.data().size() >= EXTERNAL_FROM && !storage.holds(tensor)) {
                Storage.Target target = storage.allocate(tensor.type(), tensor.dims());
                conversions.add(new Copy(constant.name(), tensor, target));
                constant.setConstant(target.tensor());
            }
        }
        for (Node node : graph.nodes()) {
            node.subgraphs().forEach(subgraph -> copyOthers(subgraph, storage, conversions));
        }
    }
}
