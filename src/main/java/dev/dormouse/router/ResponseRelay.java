package dev.dormouse.router;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * An actor's answer on its way to the client. A small one goes out in one write; of a stream, each chunk goes out as it comes and
 * the head not later than the end of the turn it came in.
 */
final class ResponseRelay {

    private final HttpClientResponse from;
    private final HttpServerResponse to;
    private final boolean bodyless;
    private final long length;
    private long passed;
    private @Nullable Buffer first;
    private boolean turnEnded;

    ResponseRelay(HttpServerRequest request, HttpClientResponse from) {
        this.from = from;
        this.to = request.response();
        int status = from.statusCode();
        this.bodyless = request.method() == HttpMethod.HEAD || status == 204 || status == 304;
        this.length = ProxyHeaders.contentLength(from.headers());
    }

    /** @param whenEnded runs when the whole answer was passed on */
    void start(Context context, Runnable whenEnded) {
        to.setStatusCode(from.statusCode());
        to.setStatusMessage(from.statusMessage());
        ProxyHeaders.response(from.headers(), to.headers());
        from.handler(this::pass);
        from.endHandler(_ -> {
            end();
            whenEnded.run();
        });
        context.runOnContext(_ -> endTurn());
    }

    private void pass(Buffer chunk) {
        passed += chunk.length();
        if (passed == length) {
            to.end(joined(chunk));
        } else if (!turnEnded && first == null) {
            // the end may be right behind it
            first = chunk;
        } else {
            write(joined(chunk));
        }
    }

    private Buffer joined(Buffer chunk) {
        if (first == null) {
            return chunk;
        }
        Buffer both = Buffer.buffer(first.length() + chunk.length())
                .appendBuffer(first)
                .appendBuffer(chunk);
        first = null;
        return both;
    }

    private void write(Buffer chunk) {
        announceStream();
        to.write(chunk);
        if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(_ -> from.resume());
        }
    }

    private void announceStream() {
        if (!to.headWritten() && !bodyless && length == ProxyHeaders.NO_LENGTH) {
            to.setChunked(true);
        }
    }

    private void endTurn() {
        turnEnded = true;
        if (to.ended() || to.closed()) {
            return;
        }
        if (first != null) {
            Buffer chunk = first;
            first = null;
            write(chunk);
        } else if (!to.headWritten() && !bodyless) {
            announceStream();
            to.writeHead();
        }
    }

    private void end() {
        if (to.ended() || to.closed()) {
            return;
        }
        if (!from.trailers().isEmpty()) {
            announceStream();
            to.trailers().addAll(from.trailers());
        }
        if (first == null) {
            to.end();
        } else {
            to.end(first);
            first = null;
        }
    }
}
