package dev.dormouse.golden;

import dev.dormouse.activation.Activations;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Leadership;
import dev.dormouse.platform.LogFields;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.Catalog;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the golden snapshots of all templates: at once when one changed, and each second for what waits. The replica that leads
 * does so; where two believe that they lead, the templates' statuses arbitrate.
 */
@ApplicationScoped
class GoldenReconciler {

    /** After the catalog and the manifests were read. */
    private static final int START_PRIORITY = 3000;

    private static final Logger LOG = Logger.getLogger(GoldenReconciler.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(2);

    private final Catalog catalog;
    private final ChangeFeed feed;
    private final Leadership leadership;
    private final InstantSource clock;
    private final GoldenStep step;
    private final GoldenSweep sweep;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> notBefore = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Instant sweepAt = Instant.EPOCH;
    private @Nullable Cancellable changes;
    private @Nullable ScheduledFuture<?> timer;

    @Inject
    GoldenReconciler(
            Catalog catalog,
            ActorStore actors,
            Activations activations,
            ChangeFeed feed,
            Leadership leadership,
            InstantSource clock) {
        this(catalog, actors, life(activations), feed, leadership, clock);
    }

    GoldenReconciler(
            Catalog catalog,
            ActorStore actors,
            GoldenLife life,
            ChangeFeed feed,
            Leadership leadership,
            InstantSource clock) {
        this.catalog = catalog;
        this.feed = feed;
        this.leadership = leadership;
        this.clock = clock;
        this.step = new GoldenStep(catalog, actors, life, clock);
        this.sweep = new GoldenSweep(catalog, actors);
    }

    private static GoldenLife life(Activations activations) {
        return new GoldenLife() {
            @Override
            public Uni<Actor> boot(ActorKey key) {
                return activations.resume(key, true, Cause.GOLDEN);
            }

            @Override
            public Uni<Actor> suspend(ActorKey key) {
                return activations.suspend(key, Cause.GOLDEN);
            }

            @Override
            public Uni<Optional<String>> outdated(TemplateRef template) {
                return activations.goldenOutdated(template);
            }
        };
    }

    void onStart(@Observes @Priority(START_PRIORITY) StartupEvent start, DormouseConfig config) {
        if (config.role() == DormouseConfig.Role.SERVER) {
            start();
        }
    }

    void start() {
        changes = feed.changes()
                .subscribe()
                .with(this::changed, e -> LOG.error("no more changes of templates are seen", e));
        timer = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (changes != null) {
            changes.cancel();
        }
    }

    private void changed(Change change) {
        switch (change) {
            case CatalogChange c
            when c.kind().equals("ActorTemplate") -> {
                if (catalog.template(new TemplateRef(c.namespace(), c.name())).isEmpty()) {
                    sweepAt = Instant.EPOCH;
                }
                lookSoon();
            }
            case ChangeFeed.Missed missed -> sweepAt = Instant.EPOCH;
            case CatalogChange c -> {}
            case ChangeFeed.ActorChange a -> {}
            case ChangeFeed.WorkerChange w -> {}
            case ChangeFeed.CallersWaiting w -> {}
        }
    }

    /** Takes the next step of every template that is due. */
    void look() {
        if (!leadership.leads()) {
            return;
        }
        try {
            List<ActorTemplate> templates = catalog.templates();
            templates.stream()
                    .filter(template -> GoldenPhase.of(template) != GoldenPhase.FAILED)
                    // its golden actor is on the way out
                    .filter(template -> !template.isMarkedForDeletion())
                    .forEach(this::take);
            Set<String> present =
                    templates.stream().map(GoldenReconciler::uid).collect(Collectors.toCollection(HashSet::new));
            notBefore.keySet().retainAll(present);
            step.forgetOthers(present);
            if (!sweepAt.isAfter(clock.instant())) {
                sweep();
            }
        } catch (RuntimeException e) {
            // a periodic task that throws is never run again
            LOG.error("templates can't be looked after; trying again", e);
        }
    }

    private void take(ActorTemplate template) {
        String uid = uid(template);
        if (notBefore.getOrDefault(uid, Instant.EPOCH).isAfter(clock.instant()) || !underWay.add(uid)) {
            return;
        }
        step.take(template).subscribe().with(delay -> next(uid, delay), e -> {
            LogFields.of(template.ref())
                    .log(() -> LOG.warnf(e, "template %s can't be looked after; trying again", template.ref()));
            next(uid, AFTER_ERROR);
        });
    }

    private void next(String uid, Duration delay) {
        notBefore.put(uid, clock.instant().plus(delay));
        underWay.remove(uid);
        if (delay.isZero()) {
            lookSoon();
        }
    }

    /** Many changes at once are looked at together: a look is at all templates. */
    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            Infrastructure.getDefaultWorkerPool().execute(() -> {
                looking.set(false);
                look();
            });
        }
    }

    private void sweep() {
        if (!sweeping.compareAndSet(false, true)) {
            return;
        }
        sweepAt = clock.instant().plus(SWEEP_EVERY);
        sweep.run()
                .onTermination()
                .invoke(() -> sweeping.set(false))
                .subscribe()
                .with(done -> {}, e -> LOG.warn("golden actors of deleted templates stay for now", e));
    }

    private static String uid(ActorTemplate template) {
        return template.getMetadata().getUid();
    }
}
