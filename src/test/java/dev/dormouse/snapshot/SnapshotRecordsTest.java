package dev.dormouse.snapshot;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.ActorKey;
import dev.dormouse.standalone.StoreDatabase;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotRecordsTest {

    private StoreDatabase database;
    private SnapshotRecords records;

    @BeforeEach
    void open() {
        database = new StoreDatabase();
        records = new SnapshotRecords(database.database(), database.sessions(SnapshotRow.class));
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private static String uri(String actor, UUID id) {
        return "file:/snapshots/default/%s/%s".formatted(actor, id);
    }

    private void held(String actor, UUID id, String uri, String node, @Nullable String owner) {
        database.sql("""
                insert into snapshot (atespace, actor_id, id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node,
                                      owner_atespace, owner_id, taken_at, recorded_at)
                values ('default', $1, $2, $3, 'FULL', 7, 'gvisor', 'abc', 'amd64/f', $4,
                        case when $5::text is not null then 'default' end, $5, now(), clock_timestamp())""", actor, id, uri, node, owner);
    }

    private void dropped(String actor, UUID id, String node) {
        database.sql(
                "insert into snapshot_deleting (id, node, atespace, actor_id, uri, dropped_at) values ($1, $2, 'default', $3, $4, clock_timestamp())",
                id,
                node,
                actor,
                uri(actor, id));
    }

    private List<UUID> deleting() {
        return await(records.deleting(100)).stream()
                .map(SnapshotRecords.Dropped::id)
                .toList();
    }

    @Test
    void snapshotsOfAnActorComeNewestFirst() {
        UUID older = UUID.randomUUID();
        UUID local = UUID.randomUUID();
        held("a", older, uri("a", older), "", null);
        held("a", local, "local:" + local, "node-1", null);
        held("b", UUID.randomUUID(), "file:/other", "", null);

        List<SnapshotRef> snapshots = await(records.of(ActorKey.of("default", "a")));

        assertThat(snapshots).extracting(SnapshotRef::id).containsExactly(local, older);
        assertThat(snapshots).extracting(SnapshotRef::node).containsExactly("node-1", null);
        assertThat(snapshots.getLast().uri()).isEqualTo(uri("a", older));
        assertThat(snapshots.getLast().scope()).isEqualTo(Scope.FULL);
    }

    @Test
    void filesOfADroppedSnapshotMayGoOnceNoForkHoldsIt() {
        UUID id = UUID.randomUUID();
        dropped("a", id, "");
        held("fork", id, uri("a", id), "", "a");
        assertThat(deleting()).isEmpty();

        database.sql("delete from snapshot");

        assertThat(deleting()).containsExactly(id);
    }

    @Test
    void filesThatAForkDroppedStayWhileTheOwnerHoldsThem() {
        UUID id = UUID.randomUUID();
        held("a", id, uri("a", id), "", null);
        dropped("a", id, "");

        assertThat(deleting()).isEmpty();
    }

    @Test
    void theCopyOnANodeMayGoWhileTheDurableOneStays() {
        UUID id = UUID.randomUUID();
        held("a", id, uri("a", id), "", null);
        dropped("a", id, "node-1");

        assertThat(await(records.deleting(10)))
                .containsExactly(new SnapshotRecords.Dropped(id, ActorKey.of("default", "a"), uri("a", id), "node-1"));
    }

    @Test
    void deletedOnesAreForgottenAndTheOldestComeFirst() {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        dropped("a", first, "");
        dropped("a", second, "");
        List<SnapshotRecords.Dropped> oldest = await(records.deleting(1));

        await(records.deleted(oldest));
        await(records.deleted(oldest));

        assertThat(oldest).extracting(SnapshotRecords.Dropped::id).containsExactly(first);
        assertThat(deleting()).containsExactly(second);
    }

    @Test
    void knownAreThoseHeldDroppedOrBeingTaken() {
        UUID held = UUID.randomUUID();
        UUID forked = UUID.randomUUID();
        UUID dropped = UUID.randomUUID();
        UUID taking = UUID.randomUUID();
        held("a", held, uri("a", held), "", null);
        held("fork", forked, uri("gone", forked), "", "gone");
        dropped("a", dropped, "");
        database.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, intent_snapshot, created_at, updated_at)
                values ('default', 'a', gen_random_uuid(), 'demo', 'counter', 'SUSPENDING', 1, 1, '{}', '{}', $1, now(), now())""", taking);
        UUID log = UUID.randomUUID();
        database.sql("""
                insert into actor_log (atespace, actor_id, generation, part, id, actor_uid, uri, first_seq, last_seq, last_at, stored_seq, bytes)
                values ('default', 'a', 1, 0, $1, gen_random_uuid(), $2, 1, 2, now(), 2, 100)""", log, uri("a", log));
        List<String> known =
                List.of(uri("a", held), uri("gone", forked), uri("a", dropped), uri("a", taking), uri("a", log));
        List<String> unknown = List.of(
                uri("a", UUID.randomUUID()),
                uri("b", taking),
                "file:/snapshots/lost+found",
                "file:/a/b/not-a-uuid",
                "");

        assertThat(await(records.known(known))).containsExactlyInAnyOrderElementsOf(known);
        assertThat(await(records.known(unknown))).isEmpty();
    }
}
