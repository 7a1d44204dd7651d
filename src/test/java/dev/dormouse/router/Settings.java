package dev.dormouse.router;

import java.time.Duration;

/** The fixture's settings with some of them changed. */
final class Settings {

    private RouterSettings settings;

    private Settings(RouterSettings settings) {
        this.settings = settings;
    }

    static Settings of(RouterSettings settings) {
        return new Settings(settings);
    }

    RouterSettings build() {
        return settings;
    }

    Settings maxParked(int maxParked) {
        return with(
                maxParked,
                settings.parkTimeout(),
                settings.responseTimeout(),
                settings.headTimeout(),
                settings.maxConnections());
    }

    Settings parkTimeout(Duration parkTimeout) {
        return with(
                settings.maxParked(),
                parkTimeout,
                settings.responseTimeout(),
                settings.headTimeout(),
                settings.maxConnections());
    }

    Settings responseTimeout(Duration responseTimeout) {
        return with(
                settings.maxParked(),
                settings.parkTimeout(),
                responseTimeout,
                settings.headTimeout(),
                settings.maxConnections());
    }

    Settings headTimeout(Duration headTimeout) {
        return with(
                settings.maxParked(),
                settings.parkTimeout(),
                settings.responseTimeout(),
                headTimeout,
                settings.maxConnections());
    }

    Settings maxConnections(int maxConnections) {
        return with(
                settings.maxParked(),
                settings.parkTimeout(),
                settings.responseTimeout(),
                settings.headTimeout(),
                maxConnections);
    }

    private Settings with(
            int maxParked, Duration parkTimeout, Duration responseTimeout, Duration headTimeout, int maxConnections) {
        settings = new RouterSettings(
                settings.host(),
                settings.port(),
                settings.domain(),
                settings.eventLoops(),
                maxParked,
                parkTimeout,
                responseTimeout,
                headTimeout,
                settings.drainTimeout(),
                settings.maxHeaderSize(),
                maxConnections,
                settings.tick());
        return this;
    }
}
