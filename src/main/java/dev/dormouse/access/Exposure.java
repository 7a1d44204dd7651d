package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** A server that asks nobody who he is listens to its own machine only. */
@ApplicationScoped
class Exposure {

    private static final int FIRST = 1;

    private final DormouseConfig config;
    private final AccessSettings settings;
    private final String apiHost;

    Exposure(
            DormouseConfig config,
            AccessSettings settings,
            @ConfigProperty(name = "quarkus.http.host") String apiHost) {
        this.config = config;
        this.settings = settings;
        this.apiHost = apiHost;
    }

    void check(@Observes @Priority(FIRST) StartupEvent start) {
        if (config.role() == Role.SERVER && settings.open()) {
            requireLoopback("quarkus.http.host", apiHost);
            config.router().host().ifPresent(host -> requireLoopback("dormouse.router.host", host));
        }
    }

    /** @throws IllegalStateException when others than this machine reach the address */
    static void requireLoopback(String setting, String host) {
        if (!isLoopback(host)) {
            throw new IllegalStateException(
                    "%s is %s, and whoever reaches it could do everything: set dormouse.access.token, or let it be 127.0.0.1"
                            .formatted(setting, host));
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
