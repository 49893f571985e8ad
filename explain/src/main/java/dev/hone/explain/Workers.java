package dev.hone.explain;

import dev.hone.runtime.Device;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Threads that each run a model by one thread of its own, side by side: a run's values then stay in its core's cache.
 * Other devices than the processor run one thing at a time, as their session says.
 */
final class Workers implements AutoCloseable {
    private final int count;
    private final SessionOptions single;
    private final ExecutorService threads;

    Workers(SessionOptions options) {
        boolean cpu = options.device().kind() == Device.Kind.CPU;
        this.count = cpu ? options.threads() : 1;
        this.single = cpu ? options.withThreads(1) : options;
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "explain");
            thread.setDaemon(true);
            return thread;
        });
    }

    int count() {
        return count;
    }

    /** How a worker's session is opened. */
    SessionOptions single() {
        return single;
    }

    <T> Future<T> submit(Callable<T> task) {
        return threads.submit(task);
    }

    /**
     * Does a task with each number from 0 on, side by side. Returns when none is running any more; those that have not
     * begun when one of a lower number fails are left out.
     *
     * @throws RuntimeException the failure of the lowest number
     */
    void forEach(int count, IntConsumer task) {
        AtomicInteger failed = new AtomicInteger(Integer.MAX_VALUE);
        List<Future<?>> running = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            int number = k;
            running.add(threads.submit(() -> {
                if (number > failed.get()) {
                    return;
                }
                try {
                    task.accept(number);
                } catch (RuntimeException e) {
                    // Here, not where results are taken: that may be waiting for a lower number, while the others go
                    // on.
                    failed.accumulateAndGet(number, Math::min);
                    throw e;
                }
            }));
        }
        RuntimeException failure = null;
        for (Future<?> part : running) {
            try {
                result(part);
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
                failed.set(-1);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * What a task found, or the failure it ended with. When interrupted it gives up too, but only after the task's end:
     * the native memory that the task works on is given back then.
     *
     * @throws IllegalStateException if interrupted, which the thread stays
     */
    static <T> T result(Future<T> task) {
        boolean interrupted = false;
        while (!task.isDone()) {
            try {
                task.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break;
            }
        }
        // An interrupt that came while the task ended counts too.
        if (Thread.interrupted() || interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while explaining");
        }
        try {
            return task.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
