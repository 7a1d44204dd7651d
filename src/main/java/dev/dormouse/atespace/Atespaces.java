package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Tenants: making, listing and removing them. */
@ApplicationScoped
public class Atespaces {

    private static final Set<AtespaceName> ALWAYS_THERE = Set.of(AtespaceName.DEFAULT, AtespaceName.GOLDEN);

    private final Sessions sessions;
    private final InstantSource clock;

    public Atespaces(Sessions sessions, InstantSource clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    /** Fails ALREADY_EXISTS. */
    public Uni<Atespace> create(AtespaceName name) {
        Atespace created = new Atespace(name, UUID.randomUUID(), clock.instant().truncatedTo(ChronoUnit.MICROS));
        return sessions.inTransaction(session -> session.createNativeQuery(
                                "insert into atespace (name, uid, created_at) values (?1, ?2, ?3) on conflict do nothing")
                        .setParameter(1, name.value())
                        .setParameter(2, created.uid())
                        .setParameter(3, created.createdAt())
                        .executeUpdate())
                .map(inserted -> {
                    if (inserted == 0) {
                        throw new Failure(Code.ALREADY_EXISTS, "Atespace %s already exists".formatted(name));
                    }
                    return created;
                });
    }

    /** Fails NOT_FOUND. */
    public Uni<Atespace> get(AtespaceName name) {
        return sessions.inTransaction(session -> session.get(AtespaceRow.class, name.value()))
                .map(row -> found(row, name).atespace());
    }

    /**
     * Some atespaces in the order of their names.
     *
     * @param after the name to go on behind; null from the start
     */
    public Uni<List<Atespace>> list(@Nullable AtespaceName after, int limit) {
        return sessions.inTransaction(session -> session.createSelectionQuery(
                                "from Atespace where name > :after order by name", AtespaceRow.class)
                        .setParameter("after", after == null ? "" : after.value())
                        .setMaxResults(limit)
                        .getResultList())
                .map(rows -> rows.stream().map(AtespaceRow::atespace).toList());
    }

    /** Fails NOT_FOUND; FAILED_PRECONDITION {@code Atespace <name> is not empty}, or when it is one that always exists. */
    public Uni<Void> delete(AtespaceName name) {
        if (ALWAYS_THERE.contains(name)) {
            return Uni.createFrom()
                    .failure(new Failure(
                            Code.FAILED_PRECONDITION,
                            "Atespace %s always exists and can't be deleted".formatted(name)));
        }
        return sessions.inTransaction(session -> session
                // creations hold this row until they commit: behind the lock every actor there is can be seen
                .get(AtespaceRow.class, name.value(), LockModeType.PESSIMISTIC_WRITE)
                .chain(row -> removeEmpty(session, found(row, name), name)));
    }

    private static Uni<Void> removeEmpty(Mutiny.StatelessSession session, AtespaceRow row, AtespaceName name) {
        return session.createNativeQuery("select exists (select from actor where atespace = ?1)", Boolean.class)
                .setParameter(1, name.value())
                .getSingleResult()
                .chain(occupied -> occupied
                        ? Uni.createFrom()
                                .failure(new Failure(
                                        Code.FAILED_PRECONDITION, "Atespace %s is not empty".formatted(name)))
                        : session.delete(row));
    }

    private static AtespaceRow found(@Nullable AtespaceRow row, AtespaceName name) {
        if (row == null) {
            throw new Failure(Code.NOT_FOUND, "Atespace %s not found".formatted(name));
        }
        return row;
    }
}
