package dev.dormouse.router;

import dev.dormouse.platform.DormouseConfig;
import java.time.Duration;

/**
 * The router's limits and time-outs, as {@link DormouseConfig.Router} describes them.
 *
 * @param tick how often open requests and idle connections are looked at; time-outs other than parking are as coarse as that
 */
record RouterSettings(
        String host,
        int port,
        String domain,
        int eventLoops,
        int maxParked,
        Duration parkTimeout,
        Duration responseTimeout,
        Duration headTimeout,
        Duration drainTimeout,
        int maxHeaderSize,
        int maxConnections,
        Duration tick) {

    static RouterSettings of(DormouseConfig.Router config, DormouseConfig.Mode mode) {
        String usual = mode == DormouseConfig.Mode.KUBERNETES ? "0.0.0.0" : "127.0.0.1";
        return new RouterSettings(
                config.host().orElse(usual),
                config.port(),
                config.domain(),
                config.eventLoops().orElse(Runtime.getRuntime().availableProcessors()),
                config.maxParked(),
                config.parkTimeout(),
                config.responseTimeout(),
                config.headTimeout(),
                config.drainTimeout(),
                config.maxHeaderSize(),
                config.maxConnections(),
                Duration.ofSeconds(1));
    }
}
