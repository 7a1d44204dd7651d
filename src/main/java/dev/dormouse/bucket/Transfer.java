package dev.dormouse.bucket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** One request under way on a virtual thread of its own. Unlike a future's cancel, its stop is over when the thread is. */
final class Transfer<T> {

    private final FutureTask<T> work;
    private final Thread thread;

    Transfer(Callable<T> work) {
        this.work = new FutureTask<>(work);
        this.thread = Thread.ofVirtual().name("transfer").start(this.work);
    }

    /** Its outcome. Blocks. */
    T await() throws IOException {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IOException(e.getCause());
            }
        }
    }

    /** Tells it to give up; whoever does must wait for its end. */
    void interrupt() {
        thread.interrupt();
    }

    /** Blocks until it touches nothing any more, also when interrupted. */
    void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
