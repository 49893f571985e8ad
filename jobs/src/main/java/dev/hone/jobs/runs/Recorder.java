package dev.hone.jobs.runs;

import dev.hone.core.CancelledException;
import dev.hone.core.ForwardingProgress;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.Version;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.Options;
import dev.hone.jobs.Job;
import dev.hone.runtime.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Runs a job and records it. It hears what the job reports of its progress; the file is made when there is something to say,
 * so that a mistake in the options leaves no trace. No job fails because its history cannot be written.
 *
 * @param <O> options of the job
 * @param <R> result of the job
 */
public final class Recorder<O extends Record, R extends Job.Result> {
    private final String job;
    private final O options;
    private final Options<O> known;
    private final Path folder;
    private final Path model;

    private Recorder(Job<O, R> job, O options, Path folder, Path model) {
        this.job = job.name();
        this.options = options;
        this.known = Options.of(job.options());
        this.folder = folder;
        this.model = model;
    }

    /**
     * A job that begins a history where there is none.
     *
     * @param model the file that it writes
     * @param data that it reads, in which nothing is ever written
     * @throws HoneException if the folder that is asked for lies in the data
     */
    public static <O extends Record, R extends Job.Result> Recorder<O, R> beginning(
            Job<O, R> job, O options, HistoryOptions history, Path model, Path data, Progress progress) {
        Path folder = history.runs() == null ? RunHistory.beside(model) : history.runs();
        if (history.noHistory()) {
            folder = null;
        } else if (isInside(folder, data)) {
            if (history.runs() != null) {
                throw new HoneException(folder + " lies in the data " + data
                        + ", where a run history would be taken for data; choose another folder");
            }
            progress.info("no run history: the model lies in the folder of the data");
            folder = null;
        }
        return new Recorder<>(job, options, folder, model);
    }

    /**
     * A job that is recorded where there is a history already.
     *
     * @param beside the model whose history it belongs to
     * @param model the file that the job evaluates or writes
     */
    public static <O extends Record, R extends Job.Result> Recorder<O, R> joining(
            Job<O, R> job, O options, HistoryOptions history, Path beside, Path model) {
        Path usual = RunHistory.beside(beside);
        Path folder = history.noHistory()
                ? null
                : history.runs() != null ? history.runs() : Files.isDirectory(usual) ? usual : null;
        return new Recorder<>(job, options, folder, model);
    }

    private static boolean isInside(Path folder, Path data) {
        if (!Files.isDirectory(data)) {
            return false;
        }
        try {
            Path root = data.toRealPath();
            for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
                if (Files.exists(at)) {
                    return at.toRealPath().startsWith(root);
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /** @param finished whether a result is that of a job that came to its end, not of one that was cancelled */
    public R run(Progress progress, Predicate<R> finished, Function<Progress, R> work) {
        if (folder == null) {
            return work.apply(progress);
        }
        try (Recording recording = new Recording(progress)) {
            try {
                R result = work.apply(recording);
                recording.ended(finished.test(result) ? Outcome.FINISHED : Outcome.INTERRUPTED, result, null);
                return result;
            } catch (CancelledException e) {
                recording.endedEarly(Outcome.INTERRUPTED, e);
                throw e;
            } catch (RuntimeException | Error e) {
                recording.endedEarly(Outcome.FAILED, e);
                throw e;
            }
        }
    }

    /** Hears the job and writes; hands everything on. */
    private final class Recording extends ForwardingProgress implements AutoCloseable {
        private final Instant started = Instant.now();
        private final long begun = System.nanoTime();
        private RunLog log;
        private boolean broken;
        private String task = "";

        Recording(Progress next) {
            super(next);
        }

        private interface Writing {
            void to(RunLog log) throws IOException;
        }

        private synchronized void write(Writing writing) {
            if (broken) {
                return;
            }
            try {
                if (log == null) {
                    log = RunLog.create(folder, started);
                    log.line("start", head());
                }
                writing.to(log);
            } catch (IOException e) {
                broken = true;
                warning("the run history in " + folder + " cannot be written (" + FileErrors.reason(e)
                        + "); the work goes on without it");
            }
        }

        private double seconds() {
            return Math.round((System.nanoTime() - begun) / 1e6) / 1e3;
        }

        private Map<String, Object> head() {
            Map<String, Object> head = new LinkedHashMap<>();
            head.put("format", RunLog.FORMAT);
            head.put("id", log.id());
            head.put("job", job);
            head.put("started", started.toString());
            head.put("model", model.toString());
            head.put("options", known.values(options));
            head.put("arguments", known.arguments(options));
            Map<String, Object> versions = new LinkedHashMap<>();
            versions.put("Hone", Version.number());
            versions.put("ONNX Runtime", Session.runtimeVersion());
            versions.put("Java", Runtime.version().toString());
            versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
            versions.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
            head.put("versions", versions);
            return head;
        }

        @Override
        public void noted(String name, String value) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", name);
            line.put("value", value);
            write(to -> to.line("note", line));
            super.noted(name, value);
        }

        @Override
        public void measured(long step, Map<String, Double> values) {
            Map<String, Double> finite = new LinkedHashMap<>();
            values.forEach((name, value) -> {
                if (Double.isFinite(value)) {
                    finite.put(name, value);
                }
            });
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("task", task);
            line.put("step", step);
            line.put("seconds", seconds());
            line.put("values", finite);
            write(to -> to.line("measured", line));
            super.measured(step, values);
        }

        void ended(Outcome outcome, R result, Throwable error) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("outcome", outcome.text());
            line.put("seconds", seconds());
            if (result != null) {
                line.put("result", result.document());
            }
            if (error != null) {
                line.put("error", String.valueOf(error.getMessage()));
            }
            if (outcome == Outcome.FINISHED && Files.isRegularFile(model)) {
                line.put("sha256", Sha256.of(model));
            }
            write(to -> {
                to.line("end", line);
                to.sync();
            });
        }

        /** Only if it had come far enough to be in the history. */
        void endedEarly(Outcome outcome, Throwable error) {
            if (log != null) {
                ended(outcome, null, error);
            }
        }

        @Override
        public void close() {
            try {
                if (log != null) {
                    log.close();
                }
            } catch (IOException e) {
                warning("the run history in " + folder + " is incomplete: " + FileErrors.reason(e));
            }
        }

        @Override
        public void started(String name, long steps) {
            task = name;
            super.started(name, steps);
        }
    }
}
