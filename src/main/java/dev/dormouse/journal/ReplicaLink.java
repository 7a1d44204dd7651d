package dev.dormouse.journal;

import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.ChangeFeed.Missed;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes changes from replica to replica by the database's notifications. Sending is off the path of whoever made the change: what
 * comes within a moment goes in one statement, and what can't be sent is lost. A replica that was cut off hears {@link Missed}.
 */
final class ReplicaLink {

    private static final Logger LOG = Logger.getLogger(ReplicaLink.class.getName());
    private static final String CHANNEL = "dormouse_changes";
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration BEFORE_RECONNECT = Duration.ofSeconds(1);
    /** Beyond that the others read the truth faster than they read our changes. */
    private static final int AT_ONCE = 2000;

    private final UUID self = UUID.randomUUID();
    private final Vertx vertx;
    private final Pool pool;
    private final Consumer<Change> received;
    private final List<Change> leaving = new ArrayList<>();
    private boolean departing;
    private volatile boolean closed;
    private volatile @Nullable SqlConnection listening;

    ReplicaLink(Vertx vertx, Pool pool, Consumer<Change> received) {
        this.vertx = vertx;
        this.pool = pool;
        this.received = received;
    }

    void open() {
        pool.getConnection()
                .compose(connection -> {
                    ((PgConnection) connection).notificationHandler(note -> hear(note.getPayload()));
                    connection.closeHandler(gone -> reopen(null));
                    listening = connection;
                    return connection.query("listen " + CHANNEL).execute();
                })
                // whatever changed until now was not heard
                .onSuccess(listens -> received.accept(new Missed()))
                .onFailure(this::reopen);
    }

    private void reopen(@Nullable Throwable cause) {
        if (!closed) {
            LOG.log(Level.WARNING, "changes of other replicas are not heard until the database is back", cause);
            SqlConnection broken = listening;
            listening = null;
            if (broken != null) {
                broken.closeHandler(null);
                broken.close();
            }
            vertx.setTimer(BEFORE_RECONNECT.toMillis(), timer -> open());
        }
    }

    void close() {
        closed = true;
        SqlConnection connection = listening;
        if (connection != null) {
            connection.close();
        }
    }

    private void hear(String payload) {
        if (!ChangeText.sentBy(self, payload)) {
            ChangeText.read(payload).forEach(received);
        }
    }

    void send(Change change) {
        synchronized (leaving) {
            if (leaving.size() >= AT_ONCE) {
                leaving.clear();
                leaving.add(new Missed());
            }
            leaving.add(change);
            if (departing) {
                return;
            }
            departing = true;
        }
        depart();
    }

    private void depart() {
        List<Change> batch;
        synchronized (leaving) {
            if (leaving.isEmpty() || closed) {
                departing = false;
                return;
            }
            batch = List.copyOf(leaving);
            leaving.clear();
        }
        String[] payloads = ChangeText.payloads(self, batch).toArray(String[]::new);
        pool.preparedQuery("select pg_notify('" + CHANNEL + "', p) from unnest($1::text[]) p")
                .execute(Tuple.of(payloads))
                .onFailure(lost -> LOG.log(Level.FINE, "other replicas were not told of changes", lost))
                .onComplete(sent -> vertx.setTimer(MOMENT.toMillis(), timer -> depart()));
    }
}
