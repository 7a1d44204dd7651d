package dev.dormouse.bucket;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/** Fills a part with the body of an answer; fails when it broke off. */
final class PartSubscriber implements BodySubscriber<Part> {

    private final Part part;
    private final int expected;
    private final CompletableFuture<Part> whole = new CompletableFuture<>();
    /** Its own count: one that was given up may still run beside its successor. */
    private int length;

    PartSubscriber(Part part, int expected) {
        this.part = part;
        this.expected = expected;
    }

    @Override
    public CompletionStage<Part> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int count = Math.min(buffer.remaining(), expected - length);
            buffer.get(part.array(), length, count);
            length += count;
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (length == expected) {
            part.setLength(length);
            whole.complete(part);
        } else {
            whole.completeExceptionally(
                    new IOException("the answer broke off: %d of %d bytes came".formatted(length, expected)));
        }
    }
}
