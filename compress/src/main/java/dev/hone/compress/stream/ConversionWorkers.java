package dev.hone.compress.stream;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Converts the pieces of many conversions on several threads, in order; the first failure stops all. */
final class ConversionWorkers {
    private final List<Piece> pieces = new ArrayList<>();

    /** @param index of the piece within its conversion, whose share of the bytes it reads */
    private record Piece(Conversion conversion, int index, long bytes) {}

    /** Something that waits for the disk. */
    interface Errand {
        void run() throws IOException;
    }

    /** What the workers report to; called by one thread at a time. */
    interface Log {
        boolean isDone(int piece);

        /** @return what is to be done about it while the others go on, or null */
        Errand done(int piece, long bytes);

        boolean stops();
    }

    ConversionWorkers(List<Conversion> conversions) {
        for (Conversion conversion : conversions) {
            int count = conversion.pieces();
            for (int i = 0; i < count; i++) {
                long bytes = conversion.bytes() / count + (i == 0 ? conversion.bytes() % count : 0);
                pieces.add(new Piece(conversion, i, bytes));
            }
        }
    }

    int count() {
        return pieces.size();
    }

    long bytes() {
        return pieces.stream().mapToLong(Piece::bytes).sum();
    }

    long bytes(int piece) {
        return pieces.get(piece).bytes();
    }

    /** @return whether everything is done, or else it was stopped */
    boolean run(int threads, Log log) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean halted = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(threads, ConversionWorkers::thread);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    try (Source source = new Source()) {
                        work(next, halted, source, log);
                    } catch (Throwable e) {
                        halted.set(true);
                        throw e;
                    }
                    return null;
                }));
            }
            await(running, halted);
        } finally {
            pool.shutdownNow();
        }
        return !halted.get();
    }

    private void work(AtomicInteger next, AtomicBoolean halted, Source source, Log log) throws IOException {
        while (!halted.get()) {
            int index = next.getAndIncrement();
            if (index >= pieces.size()) {
                return;
            }
            Piece piece = pieces.get(index);
            synchronized (log) {
                if (log.stops()) {
                    halted.set(true);
                    return;
                }
                if (log.isDone(index)) {
                    continue;
                }
            }
            piece.conversion.convert(piece.index, source);
            Errand errand;
            synchronized (log) {
                errand = log.done(index, piece.bytes);
            }
            if (errand != null) {
                errand.run();
            }
        }
    }

    /** Waits for all threads, so that no file is closed under one of them, then throws the first failure. */
    private static void await(List<Future<Void>> running, AtomicBoolean halted) throws IOException {
        Throwable failure = null;
        boolean interrupted = false;
        for (Future<Void> future : running) {
            while (true) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    failure = failure == null ? e.getCause() : failure;
                } catch (InterruptedException e) {
                    halted.set(true);
                    interrupted = true;
                    continue;
                }
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof HoneException e) {
            throw e;
        } else if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "convert");
        thread.setDaemon(true);
        return thread;
    }
}
