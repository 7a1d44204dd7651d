package dev.dormouse.router;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** The body of a request on its way from the client to the actor, one chunk at a time. It isn't read until it is sent. */
final class RequestBody {

    private final HttpServerRequest request;
    private final long length;
    private boolean present;
    private boolean consumed;
    private boolean sent;
    private long passed;
    private @Nullable Buffer first;

    RequestBody(HttpServerRequest request) {
        this.request = request;
        this.length = ProxyHeaders.contentLength(request.headers());
        this.present = length > 0 || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /** Holds the body back and calls {@code then} once it is known whether there is one. */
    void hold(Context context, Runnable then) {
        if (request.version() != HttpVersion.HTTP_2 || length != ProxyHeaders.NO_LENGTH) {
            if (present) {
                request.pause();
            }
            then.run();
            return;
        }
        // HTTP/2 tells by a flag that reaches us as the end, right behind the head
        present = true;
        request.handler(chunk -> {
            request.pause();
            first = chunk;
        });
        request.endHandler(_ -> present = first != null);
        context.runOnContext(_ -> {
            if (present) {
                request.pause();
            }
            then.run();
        });
    }

    /** Sends head and body; {@code whenSent} runs when the last byte was passed on. */
    void sendTo(HttpClientRequest backend, Runnable whenSent) {
        if (!present) {
            sent = true;
            backend.end();
            whenSent.run();
            return;
        }
        backend.setChunked(length == ProxyHeaders.NO_LENGTH);
        if (request.headers().contains(HttpHeaders.EXPECT)) {
            backend.continueHandler(_ -> request.response().writeContinue());
        }
        request.handler(chunk -> pass(chunk, backend, whenSent));
        request.endHandler(_ -> {
            if (!sent) {
                sent = true;
                backend.end();
                whenSent.run();
            }
        });
        if (first != null) {
            pass(first, backend, whenSent);
            first = null;
        }
        request.resume();
        if (!consumed) {
            // the actor may want to answer before it has seen any of the body
            backend.sendHead();
        }
    }

    private void pass(Buffer chunk, HttpClientRequest backend, Runnable whenSent) {
        consumed = true;
        passed += chunk.length();
        if (passed == length) {
            // end and last chunk in one write
            sent = true;
            backend.end(chunk);
            whenSent.run();
            return;
        }
        backend.write(chunk);
        if (backend.writeQueueFull()) {
            request.pause();
            backend.drainHandler(_ -> request.resume());
        }
    }

    /** True while nothing of it was read, so that the request may be sent again elsewhere. */
    boolean isWhole() {
        return !consumed;
    }

    /** True unless it is known that there is none. */
    boolean isPresent() {
        return present;
    }

    /** True when the last byte was passed on. */
    boolean isSent() {
        return sent;
    }

    /** Reads the rest to nowhere, as an answer came without it; {@code then} runs behind its end. */
    void discard(Runnable then) {
        request.handler(_ -> {});
        request.endHandler(_ -> then.run());
        request.resume();
    }

    void holdAgain() {
        if (present && !sent) {
            request.handler(null);
            request.pause();
        }
    }
}
