package dev.dormouse.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dormouse.activation.Activations;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.LogFields;
import dev.dormouse.platform.ShutdownOrder;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** What a server without a cluster starts beside itself, and how it ends: actors asleep, ateom gone, then the database. */
@ApplicationScoped
class StandaloneServer {

    private static final Logger LOG = Logger.getLogger(StandaloneServer.class.getName());
    private static final List<String> SHARED = List.of("dormouse.ateom.", "dormouse.images.", "dormouse.snapshots.");
    private static final Duration SLEEP_LIMIT = Duration.ofSeconds(30);
    private static final int SLEEPING_AT_ONCE = 4;

    private final DormouseConfig config;
    private final ActorStore actors;
    private final Activations activations;
    private final ObjectMapper json;
    private final int apiPort;
    private @Nullable ChildAteom child;

    StandaloneServer(
            DormouseConfig config,
            ActorStore actors,
            Activations activations,
            ObjectMapper json,
            @ConfigProperty(name = "quarkus.http.port") int apiPort) {
        this.config = config;
        this.actors = actors;
        this.activations = activations;
        this.json = json;
        this.apiPort = apiPort;
    }

    void startAteom(@Observes StartupEvent event) {
        if (!launches() || config.standalone().inProcess()) {
            return;
        }
        child = new ChildAteom(
                config.dataDir().resolve("ateom"),
                "127.0.0.1:" + apiPort,
                List.of("--sandbox", config.standalone().sandbox()),
                sharedSettings(),
                json);
        try {
            child.start();
        } catch (IOException e) {
            throw new UncheckedIOException("ateom does not start: " + e.getMessage(), e);
        }
    }

    /**
     * Both must find the same images and snapshots behind the same names. Environment and file reach a child by themselves, system
     * properties don't.
     */
    private Map<String, String> sharedSettings() {
        Map<String, String> shared = new HashMap<>();
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> SHARED.stream().anyMatch(name::startsWith))
                .forEach(name -> shared.put(name, System.getProperty(name)));
        config.images().redirect().forEach((from, to) -> shared.put("dormouse.images.redirect.\"" + from + "\"", to));
        config.snapshots()
                .redirect()
                .forEach((from, to) -> shared.put("dormouse.snapshots.redirect.\"" + from + "\"", to));
        return shared;
    }

    void putActorsToSleep(@Observes @Priority(ShutdownOrder.ACTORS) ShutdownEvent event) {
        if (!launches()) {
            return;
        }
        try {
            actors.awake()
                    .onItem()
                    .transformToMulti(awake -> Multi.createFrom().iterable(awake))
                    .filter(actor -> actor.status() == ActorStatus.RUNNING)
                    .onItem()
                    .transformToUni(this::sleep)
                    .merge(SLEEPING_AT_ONCE)
                    .collect()
                    .asList()
                    .await()
                    .atMost(SLEEP_LIMIT);
        } catch (CompletionException | io.smallrye.mutiny.TimeoutException e) {
            LOG.log(Level.WARNING, "not every actor is asleep: the others go back to their last snapshot", e);
        }
    }

    private Uni<Boolean> sleep(Actor actor) {
        return activations
                .suspend(actor.key(), Cause.DRAIN)
                .replaceWith(true)
                .onFailure()
                .invoke(failure -> LogFields.of(actor.key())
                        .template(actor.template())
                        .log(() ->
                                LOG.warning(actor.key() + " goes back to its last snapshot: " + failure.getMessage())))
                .onFailure()
                .recoverWithItem(false);
    }

    void stopAteom(@Observes @Priority(ShutdownOrder.ATEOM) ShutdownEvent event) {
        if (child != null) {
            child.stop();
        }
    }

    void stopDatabase(@Observes @Priority(ShutdownOrder.DATABASE) ShutdownEvent event) {
        EmbeddedDatabase.opened().ifPresent(database -> {
            if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
                // a reload: the next start takes it over
                database.release();
            } else {
                database.stop();
            }
        });
    }

    private boolean launches() {
        return config.role() == DormouseConfig.Role.SERVER
                && config.standalone().launch();
    }
}
