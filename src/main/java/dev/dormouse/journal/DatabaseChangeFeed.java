package dev.dormouse.journal;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.ShutdownOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** The feed of this replica, joined with those of the others through the database that they share. */
@Singleton
public class DatabaseChangeFeed implements ChangeFeed {

    /** A burst of some seconds at full load; a change takes about 100 bytes. */
    private static final int BACKLOG = 16_384;

    private final Subscribers subscribers;
    private final ReplicaLink link;

    @Inject
    DatabaseChangeFeed(Vertx vertx, Pool pool) {
        this(vertx, pool, BACKLOG);
    }

    DatabaseChangeFeed(Vertx vertx, Pool pool, int backlog) {
        this.subscribers = new Subscribers(backlog);
        this.link = new ReplicaLink(vertx, pool, subscribers::offer);
    }

    void start(@Observes StartupEvent started, DormouseConfig config) {
        if (config.role() == DormouseConfig.Role.SERVER) {
            open();
        }
    }

    void open() {
        link.open();
    }

    void stop(@Observes @Priority(ShutdownOrder.DATABASE - 1) ShutdownEvent stopping) {
        close();
    }

    void close() {
        link.close();
    }

    @Override
    public Multi<Change> changes() {
        return subscribers.changes();
    }

    @Override
    public void publish(Change change) {
        subscribers.offer(change);
        link.send(change);
    }

    @Override
    public void publishHere(Change change) {
        subscribers.offer(change);
    }
}
