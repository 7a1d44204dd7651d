package dev.dormouse.router;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;

/** Bytes both ways after an upgrade, as WebSocket: nothing is read into them and no time-out ends them. */
final class Tunnel {

    private final NetSocket actor;

    private Tunnel(NetSocket actor) {
        this.actor = actor;
    }

    /** Agrees to the upgrade towards the client and connects both sides; {@code whenEnded} runs once when either side closes. */
    static Tunnel open(HttpServerRequest request, HttpClientResponse agreed, Runnable whenEnded) {
        NetSocket actor = agreed.netSocket();
        actor.pause();
        HttpServerResponse response = request.response();
        response.setStatusCode(agreed.statusCode());
        ProxyHeaders.response(agreed.headers(), response.headers());
        ProxyHeaders.upgrade(agreed.headers(), response.headers());
        request.toNetSocket()
                .onSuccess(client -> join(client, actor, whenEnded))
                .onFailure(_ -> {
                    actor.close();
                    whenEnded.run();
                });
        return new Tunnel(actor);
    }

    void close() {
        actor.close();
    }

    private static void join(NetSocket client, NetSocket actor, Runnable whenEnded) {
        client.closeHandler(_ -> {
            actor.close();
            whenEnded.run();
        });
        actor.closeHandler(_ -> client.close());
        pump(client, actor);
        pump(actor, client);
    }

    private static void pump(NetSocket from, NetSocket to) {
        from.exceptionHandler(_ -> from.close());
        from.handler(chunk -> {
            to.write(chunk);
            if (to.writeQueueFull()) {
                from.pause();
                to.drainHandler(_ -> from.resume());
            }
        });
        from.resume();
    }
}
