package dev.dormouse.snapshot;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work on the files of a snapshot, several at a time; when one fails, the others are interrupted. */
final class Together {

    /** Compressing and hashing keep a processor busy, sending doesn't: a few more than processors. */
    private static final int AT_ONCE = Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 16);

    private Together() {}

    /** Work on one thing. */
    interface Work<T, R> {
        R on(T each) throws IOException, SnapshotException;
    }

    /** The results in the order of the things. Blocks until no work is under way, also when some fails; then throws what failed first. */
    static <T, R> List<R> each(List<T> things, Work<T, R> work) throws IOException, SnapshotException {
        // platform threads: busy processors must not keep other virtual threads from running
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.clamp(things.size(), 1, AT_ONCE),
                Thread.ofPlatform().daemon().name("snapshot-", 0).factory())) {
            CompletionService<R> under = new ExecutorCompletionService<>(threads);
            List<Future<R>> results = new ArrayList<>();
            for (T thing : things) {
                results.add(under.submit((Callable<R>) () -> work.on(thing)));
            }
            try {
                for (int i = 0; i < things.size(); i++) {
                    result(under.take());
                }
                List<R> all = new ArrayList<>();
                for (Future<R> each : results) {
                    all.add(result(each));
                }
                return all;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private static <R> R result(Future<R> future) throws IOException, SnapshotException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case SnapshotException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
