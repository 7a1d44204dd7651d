package dev.dormouse.router;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** What the exchanges of one event loop work with; some of it is shared with the other loops. */
record LoopScope(
        Vertx vertx,
        Context context,
        RouterSettings settings,
        RouteTable routes,
        Wakes wakes,
        Parking parking,
        RouterMetrics metrics,
        Backends backends,
        Connections connections,
        OpenExchanges open) {}
