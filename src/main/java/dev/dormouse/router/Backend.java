package dev.dormouse.router;

import dev.dormouse.activation.Waker.Route;
import io.vertx.core.net.SocketAddress;

/** A route as the HTTP client takes it: its address is made once, not per request. */
record Backend(Route route, SocketAddress address) {

    Backend(Route route) {
        this(route, SocketAddress.inetSocketAddress(route.port(), route.host()));
    }
}
