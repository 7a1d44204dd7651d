package dev.dormouse.actor;

import static dev.dormouse.actor.StoreFixture.PHASES;
import static dev.dormouse.actor.StoreFixture.TEMPLATE;
import static dev.dormouse.actor.StoreFixture.await;
import static dev.dormouse.actor.StoreFixture.key;
import static dev.dormouse.actor.StoreFixture.newActor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.actor.ActorStore.NewActor;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.SnapshotRef;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ActorStoreRecordTest {

    private static StoreFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new StoreFixture();
    }

    @AfterAll
    static void close() throws Exception {
        fixture.close();
    }

    private static void assertFails(Code code, String detail, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.detail()).isEqualTo(detail);
        });
    }

    private static NewActor fork(String id, Actor origin) {
        return new NewActor(key(id), TEMPLATE, Map.of(), Map.of(), origin.snapshot(), origin.key());
    }

    @Test
    void createdActorIsSuspendedAndFoundAsAnswered() {
        Actor created = await(fixture.store.create(
                new NewActor(key("new"), TEMPLATE, Map.of("team", "a"), Map.of("gpu", "yes"), null, null)));

        assertThat(created.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(created.version()).isOne();
        assertThat(created.generation()).isZero();
        assertThat(created.labels()).isEqualTo(Map.of("team", "a"));
        assertThat(await(fixture.store.find(key("new")))).contains(created);
    }

    @Test
    void actorsThatFailedAreFoundLatestFirstUntilTheyAreMended() {
        List<Actor> failed = Stream.of("fail-1", "fail-2", "fail-3")
                .map(fixture::create)
                .map(actor -> await(fixture.store.refused(actor.key(), actor.version(), "no image", Cause.API))
                        .orElseThrow())
                .toList();
        fixture.create("fail-not");

        await(fixture.store.delete(key("fail-2"), null));

        assertThat(await(fixture.store.failed(1000)))
                .filteredOn(actor -> actor.key().id().value().startsWith("fail-"))
                .containsExactly(failed.get(2), failed.get(0));
        assertThat(await(fixture.store.failed(1))).containsExactly(failed.get(2));
    }

    @Test
    void secondCreationIsRefused() {
        fixture.create("twice");

        assertFails(Code.ALREADY_EXISTS, "Actor twice already exists", () -> fixture.create("twice"));
    }

    @Test
    void ofManyCreationsOfOneKeyExactlyOneWins() {
        List<Uni<Boolean>> creations = IntStream.range(0, 50)
                .mapToObj(i -> fixture.store
                        .create(newActor(key("rush")))
                        .replaceWith(true)
                        .onFailure(Failure.class)
                        .recoverWithItem(false))
                .toList();

        assertThat(await(Uni.join().all(creations).andFailFast())).containsOnlyOnce(true);
        assertThat(fixture.events("rush")).hasSize(1);
    }

    @Test
    void creationInAnUnknownAtespaceIsRefusedWithoutHarmToOthers() {
        Uni<Actor> bad = fixture.store.create(newActor(ActorKey.of("nowhere", "a")));
        List<Uni<Actor>> together = List.of(
                fixture.store.create(newActor(key("beside-1"))), fixture.store.create(newActor(key("beside-2"))));
        Uni<List<Actor>> good = Uni.join().all(together).andFailFast();

        assertFails(
                Code.FAILED_PRECONDITION,
                "Atespace nowhere not found",
                () -> await(
                        Uni.combine().all().unis(bad, good).collectFailures().asTuple()));
        assertThat(await(fixture.store.find(key("beside-2")))).isPresent();
    }

    @Test
    void aValueThatTheDatabaseRefusesFailsItsOwnCallOnly() {
        List<Uni<Optional<Actor>>> creations = IntStream.range(0, 20)
                .mapToObj(i -> new NewActor(
                        key("value-" + i),
                        TEMPLATE,
                        Map.of("k", i == 7 ? "nul \0 inside" : "fine"),
                        Map.of(),
                        null,
                        null))
                .map(actor -> fixture.store
                        .create(actor)
                        .map(Optional::of)
                        .onFailure()
                        .recoverWithItem(Optional.empty()))
                .toList();

        List<Optional<Actor>> created = await(Uni.join().all(creations).andFailFast());

        assertThat(created).filteredOn(Optional::isEmpty).hasSize(1);
        assertThat(created.get(7)).isEmpty();
    }

    @Test
    void anActorCreatedAgainGoesOnCountingGenerations() {
        Actor first = fixture.suspended(fixture.running(fixture.create("reborn"), fixture.worker()));
        await(fixture.store.delete(first.key(), null));

        Actor second = fixture.create("reborn");

        assertThat(second.uid()).isNotEqualTo(first.uid());
        assertThat(second.generation()).isEqualTo(first.generation());
        Actor resuming = fixture.claimed(second, fixture.worker());
        assertThat(await(fixture.store.running(
                        first.key(), first.generation(), new Actor.Endpoint("10.0.0.9", Map.of()), PHASES)))
                .isEmpty();
        assertThat(resuming.generation()).isEqualTo(first.generation() + 1);
    }

    @Test
    void patchReplacesWhatIsGivenAndKeepsTheRest() {
        Actor created = await(fixture.store.create(
                new NewActor(key("patched"), TEMPLATE, Map.of("a", "1"), Map.of("s", "1"), null, null)));

        Actor patched = await(fixture.store.patch(created.key(), Map.of("b", "2"), null, created.version()));

        assertThat(patched.labels()).isEqualTo(Map.of("b", "2"));
        assertThat(patched.workerSelector()).isEqualTo(Map.of("s", "1"));
        assertThat(patched.version()).isEqualTo(created.version() + 1);
        assertFails(
                Code.ABORTED,
                "concurrent update conflict, please retry",
                () -> await(fixture.store.patch(created.key(), Map.of(), null, created.version())));
        assertFails(
                Code.NOT_FOUND,
                "Actor nobody not found",
                () -> await(fixture.store.patch(key("nobody"), Map.of(), null, null)));
    }

    @Test
    void deletedActorIsGoneAndItsSnapshotsAreToBeDeleted() {
        Actor suspended = fixture.suspended(fixture.running(fixture.create("deleted"), fixture.worker()));

        await(fixture.store.delete(suspended.key(), suspended.version()));

        assertThat(await(fixture.store.find(suspended.key()))).isEmpty();
        assertThat(fixture.snapshots("deleted")).isEmpty();
        assertThat(fixture.deleting()).contains(suspended.snapshot().id());
        assertThat(fixture.events("deleted").getLast()).isEqualTo("Deleted SUSPENDED>null");
    }

    @Test
    void pausedActorCanBeDeleted() {
        Actor paused = fixture.paused(fixture.running(fixture.create("deleted-paused"), fixture.worker()));

        await(fixture.store.delete(paused.key(), null));

        assertThat(fixture.deleting()).contains(paused.localSnapshot().id());
    }

    @Test
    void awakeActorIsNotDeleted() {
        Actor running = fixture.running(fixture.create("busy"), fixture.worker());

        assertFails(
                Code.FAILED_PRECONDITION,
                "Actor busy is not suspended (status: STATUS_RUNNING)",
                () -> await(fixture.store.delete(running.key(), null)));
        assertFails(Code.NOT_FOUND, "Actor nobody not found", () -> await(fixture.store.delete(key("nobody"), null)));
        Actor suspended = fixture.suspended(running);
        assertFails(
                Code.ABORTED,
                "concurrent update conflict, please retry",
                () -> await(fixture.store.delete(running.key(), suspended.version() - 1)));
    }

    @Test
    void forkSharesTheSnapshotUntilBothLetItGo() {
        UUID worker = fixture.worker();
        Actor origin = fixture.suspended(fixture.running(fixture.create("origin"), worker));
        SnapshotRef shared = origin.snapshot();

        Actor fork = await(fixture.store.create(fork("fork", origin)));

        assertThat(fork.snapshot()).isEqualTo(shared);
        assertThat(fixture.snapshots("fork")).containsExactly(shared.id());
        assertThat(fixture.events("fork")).containsExactly("Forked null>SUSPENDED");
        await(fixture.store.delete(origin.key(), null));
        assertThat(fixture.removable()).doesNotContain(shared.id());
        await(fixture.store.delete(fork.key(), null));
        assertThat(fixture.removable()).contains(shared.id());
    }

    @Test
    void forkOfASnapshotThatIsGoneIsAborted() {
        Actor origin = fixture.suspended(fixture.running(fixture.create("fickle"), fixture.worker()));
        await(fixture.store.delete(origin.key(), null));

        assertFails(
                Code.ABORTED,
                "Actor default/fickle no longer has the snapshot to fork from; try again",
                () -> await(fixture.store.create(fork("orphan", origin))));
        assertThat(await(fixture.store.find(key("orphan")))).isEmpty();
    }

    @Test
    void forkOfAnActorThatNeverSleptStartsFromTheTemplate() {
        Actor origin = fixture.create("fresh");

        assertThat(await(fixture.store.create(fork("fresh-fork", origin))).snapshot())
                .isNull();
    }
}
