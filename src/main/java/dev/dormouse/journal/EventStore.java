package dev.dormouse.journal;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the journal. */
@Singleton
public class EventStore {

    private static final int LARGEST_PAGE = 1000;

    private final Sessions sessions;

    public EventStore(Sessions sessions) {
        this.sessions = sessions;
    }

    /** @param next the number to go on behind; null when there is nothing more yet */
    public record Page(List<Event> events, @Nullable Long next) {}

    /**
     * What happened to an actor, oldest first; to all that ever had its key, within the journal's retention. Empty for nobody.
     *
     * @param after the number to go on behind; 0 from the start
     * @param limit at most so many, 1 to 1000
     */
    public Uni<Page> events(ActorKey key, long after, int limit) {
        int size = Math.clamp(limit, 1, LARGEST_PAGE);
        return sessions.inTransaction(session -> session.createSelectionQuery(
                                "from Event where atespace = :atespace and actorId = :id and seq > :after order by seq",
                                EventRow.class)
                        .setParameter("atespace", key.atespace().value())
                        .setParameter("id", key.id().value())
                        .setParameter("after", after)
                        .setMaxResults(size + 1)
                        .getResultList())
                .map(rows -> {
                    List<Event> page =
                            rows.stream().limit(size).map(EventRow::event).toList();
                    return new Page(page, rows.size() > size ? page.getLast().seq() : null);
                });
    }

    /** The last events of all actors, newest first. */
    public Uni<List<Event>> latest(int limit) {
        return sessions.inTransaction(
                        session -> session.createSelectionQuery("from Event order by seq desc", EventRow.class)
                                .setMaxResults(Math.clamp(limit, 1, LARGEST_PAGE))
                                .getResultList())
                .map(rows -> rows.stream().map(EventRow::event).toList());
    }
}
