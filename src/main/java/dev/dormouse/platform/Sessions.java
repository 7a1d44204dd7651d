package dev.dormouse.platform;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny;

/** Hibernate Reactive sessions, from any thread: a session belongs to the event loop that opened it, so one is gone to if need be. */
@Singleton
public class Sessions {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Supplier<Mutiny.SessionFactory> factory;
    private final Vertx vertx;

    /** The worker agent has these beans too, and no database: the factory is asked for when it is needed. */
    @Inject
    Sessions(Instance<Mutiny.SessionFactory> factory, Vertx vertx) {
        this.factory = factory::get;
        this.vertx = vertx;
    }

    public Sessions(Mutiny.SessionFactory factory, Vertx vertx) {
        this.factory = () -> factory;
        this.vertx = vertx;
    }

    /** Does the work in one transaction. Fails UNAVAILABLE when the database doesn't answer. */
    public <T> Uni<T> inTransaction(Function<Mutiny.StatelessSession, Uni<T>> work) {
        // not withStatelessTransaction: that shares a session among all who come from the same context
        Uni<T> done = factory.get()
                .openStatelessSession()
                .chain(session -> session.withTransaction(transaction -> work.apply(session))
                        .eventually(session::close));
        return Database.answered(onEventLoop(done), LIMIT);
    }

    private <T> Uni<T> onEventLoop(Uni<T> work) {
        return Uni.createFrom().deferred(() -> {
            if (Context.isOnEventLoopThread()) {
                return work;
            }
            Context context = vertx.getOrCreateContext();
            return work.runSubscriptionOn(task -> context.runOnContext(nothing -> task.run()));
        });
    }
}
