package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.Labels;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Sessions;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * Tenants: making, listing, changing and removing them. Fails with {@link Failure}, and with
 * {@link dev.dormouse.name.InvalidNameException} for labels that are not well formed.
 */
@ApplicationScoped
public class Atespaces {

    private static final Set<AtespaceName> ALWAYS_THERE = Set.of(AtespaceName.DEFAULT, AtespaceName.GOLDEN);
    private static final int MOST_LABELS = 64;
    private static final int LONGEST_OWNER = 253;
    private static final Pattern OWNER = Pattern.compile("[^\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]*");
    // a change between our read and our write is rare; one that happens this often is a caller's loop
    private static final int MERGE_ATTEMPTS = 5;

    private static final String INSERT = """
            insert into atespace (name, uid, created_at, owner, labels, version,
                                  quota_actors, quota_running_actors, quota_snapshot_bytes, quota_wakes_per_minute)
            values ($1::text, $2::uuid, $3::timestamptz, $4::text, $5::text::jsonb, $6::bigint,
                    $7::bigint, $8::bigint, $9::bigint, $10::bigint)
            on conflict do nothing""";

    private static final String UPDATE = """
            update atespace
            set owner = $4::text, labels = $5::text::jsonb, version = $6::bigint,
                quota_actors = $7::bigint, quota_running_actors = $8::bigint, quota_snapshot_bytes = $9::bigint,
                quota_wakes_per_minute = $10::bigint
            where name = $1::text and uid = $2::uuid and created_at = $3::timestamptz and version = $6::bigint - 1""";

    private final Sessions sessions;
    private final Database database;
    private final InstantSource clock;

    public Atespaces(Sessions sessions, Database database, InstantSource clock) {
        this.sessions = sessions;
        this.database = database;
        this.clock = clock;
    }

    /**
     * A change: entries of the maps are added or replaced, those with a null value removed; what is null stays as it is.
     *
     * @param owner empty for nobody
     * @param quotas limits by their wire names
     * @param ifVersion the version that the caller saw
     */
    public record Merge(
            @Nullable String owner,
            @Nullable Map<String, @Nullable String> labels,
            @Nullable Map<String, @Nullable Long> quotas,
            @Nullable Long ifVersion) {

        private static final Merge NOTHING = new Merge(null, null, null, null);
    }

    /** Nobody's, without limits. Fails ALREADY_EXISTS. */
    public Uni<Atespace> create(AtespaceName name) {
        return create(name, Merge.NOTHING);
    }

    /** With what the change gives it. Fails ALREADY_EXISTS. */
    public Uni<Atespace> create(AtespaceName name, Merge with) {
        var empty = new Atespace(
                name,
                UUID.randomUUID(),
                null,
                Map.of(),
                Map.of(),
                0,
                clock.instant().truncatedTo(ChronoUnit.MICROS));
        Atespace created = merged(empty, with);
        return database.run(INSERT, parameters(created)).map(inserted -> {
            if (inserted.rowCount() == 0) {
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

    /**
     * Fails NOT_FOUND; ABORTED when it is not at the given version; PERMISSION_DENIED for that of golden actors, which nothing may
     * limit.
     */
    public Uni<Atespace> merge(AtespaceName name, Merge change) {
        if (name.equals(AtespaceName.GOLDEN)) {
            throw new Failure(
                    Code.PERMISSION_DENIED,
                    "Atespace " + name + " is reserved for the golden actors of templates and can't be changed");
        }
        return get(name)
                .chain(seen -> change.ifVersion() == null || change.ifVersion() == seen.version()
                        ? replace(merged(seen, change))
                        : Uni.createFrom().failure(conflict()))
                .onFailure(failure -> change.ifVersion() == null && isConflict(failure))
                .retry()
                .atMost(MERGE_ATTEMPTS);
    }

    private Uni<Atespace> replace(Atespace changed) {
        return database.run(UPDATE, parameters(changed)).map(updated -> {
            if (updated.rowCount() == 0) {
                throw conflict();
            }
            return changed;
        });
    }

    private static Failure conflict() {
        return new Failure(Code.ABORTED, "concurrent update conflict, please retry");
    }

    /** True for what is answered when a record is at another version than expected. */
    static boolean isConflict(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.ABORTED;
    }

    /** The record's next version. */
    private static Atespace merged(Atespace seen, Merge change) {
        Map<String, String> labels = new HashMap<>(seen.labels());
        if (change.labels() != null) {
            change.labels().forEach((key, value) -> {
                if (value == null) {
                    labels.remove(key);
                } else {
                    labels.put(key, value);
                }
            });
        }
        return new Atespace(
                seen.name(),
                seen.uid(),
                change.owner() == null ? seen.owner() : owner(change.owner()),
                Labels.checked("labels", labels, MOST_LABELS),
                change.quotas() == null ? seen.quotas() : Quota.merged(seen.quotas(), change.quotas()),
                seen.version() + 1,
                seen.createdAt());
    }

    private static @Nullable String owner(String given) {
        if (given.length() > LONGEST_OWNER || !OWNER.matcher(given).matches()) {
            throw new Failure(
                    Code.INVALID_ARGUMENT,
                    "owner must have at most %d characters, and none that can't be seen".formatted(LONGEST_OWNER));
        }
        return given.isBlank() ? null : given.strip();
    }

    private static Tuple parameters(Atespace atespace) {
        JsonObject labels = new JsonObject();
        atespace.labels().forEach(labels::put);
        Tuple parameters = Tuple.of(
                atespace.name().value(),
                atespace.uid(),
                atespace.createdAt().atOffset(ZoneOffset.UTC),
                atespace.owner(),
                labels.encode(),
                atespace.version());
        for (Quota quota : Quota.values()) {
            parameters.addValue(atespace.quotas().get(quota));
        }
        return parameters;
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
                .createNativeQuery("select name from atespace where name = ?1 for update", String.class)
                .setParameter(1, name.value())
                .getSingleResultOrNull()
                .chain(present -> removeEmpty(session, found(present, name))));
    }

    private static Uni<Void> removeEmpty(Mutiny.StatelessSession session, String name) {
        return session.createNativeQuery("select exists (select from actor where atespace = ?1)", Boolean.class)
                .setParameter(1, name)
                .getSingleResult()
                .chain(occupied -> occupied
                        ? Uni.createFrom()
                                .failure(new Failure(
                                        Code.FAILED_PRECONDITION, "Atespace %s is not empty".formatted(name)))
                        : session.createNativeQuery("delete from atespace where name = ?1")
                                .setParameter(1, name)
                                .executeUpdate()
                                .replaceWithVoid());
    }

    private static <T> T found(@Nullable T row, AtespaceName name) {
        if (row == null) {
            throw new Failure(Code.NOT_FOUND, "Atespace %s not found".formatted(name));
        }
        return row;
    }
}
