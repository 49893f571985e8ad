package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.GraphException;
import dev.hone.runtime.SessionOptions;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void eachRunsByOneThreadOfItsOwn() {
        try (Workers workers = new Workers(SessionOptions.defaults().withThreads(3))) {
            assertThat(workers.count()).isEqualTo(3);
            assertThat(workers.single().threads()).isEqualTo(1);
        }
    }

    /** What a task works on is given back when its caller has given up: not before the task's end. */
    @Test
    void anInterruptIsHeardAfterTheTask() {
        AtomicBoolean ended = new AtomicBoolean();
        Thread waiting = Thread.currentThread();
        try (Workers workers = new Workers(SessionOptions.defaults().withThreads(1))) {
            Future<Integer> task = workers.submit(() -> {
                waiting.interrupt();
                Thread.sleep(50);
                ended.set(true);
                return 7;
            });
            assertThatThrownBy(() -> Workers.result(task))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("interrupted while explaining");
            assertThat(ended).isTrue();
            // And clears it for the next test.
            assertThat(Thread.interrupted()).isTrue();
            assertThat(Workers.result(task)).isEqualTo(7);
        }
    }

    @Test
    void theFailureOfTheLowestNumberIsTheCallersAfterTheLastTask() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try (Workers workers = new Workers(SessionOptions.defaults().withThreads(3))) {
            workers.forEach(20, k -> done.addAndGet(1 << k));
            assertThat(done).hasValue((1 << 20) - 1);
            assertThatThrownBy(() -> workers.forEach(3, k -> {
                        running.incrementAndGet();
                        if (k > 0) {
                            running.decrementAndGet();
                            throw new GraphException("number " + k);
                        }
                        sleep(50);
                        running.decrementAndGet();
                        throw new GraphException("number 0");
                    }))
                    .hasMessage("number 0");
            assertThat(running).hasValue(0);
        }
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTasksFailureIsItsCallers() {
        try (Workers workers = new Workers(SessionOptions.defaults().withThreads(1))) {
            GraphException failure = new GraphException("no");
            Future<Integer> task = workers.submit(() -> {
                throw failure;
            });
            assertThatThrownBy(() -> Workers.result(task)).isSameAs(failure);
        }
    }
}
