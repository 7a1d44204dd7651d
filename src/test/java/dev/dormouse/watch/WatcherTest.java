package dev.dormouse.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.journal.ChangeFeed.Missed;
import dev.dormouse.journal.ChangeFeed.WorkerChange;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatcherTest {

    private static final Duration NEVER = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Map<ActorKey, Actor> actors = new ConcurrentHashMap<>();
    private final AtomicInteger lookUps = new AtomicInteger();
    private final TestFeed feed = new TestFeed();
    private @Nullable AssertSubscriber<List<WatchEvent>> subscriber;

    @AfterEach
    void hangUp() {
        if (subscriber != null) {
            subscriber.cancel();
        }
    }

    @Test
    void theFirstBatchIsEmptyAndComesAtOnce() {
        watch(null, NEVER).awaitItems(1, LIMIT);

        assertThat(subscriber.getItems().getFirst()).isEmpty();
    }

    @Test
    void changesThatComeTogetherAreOneEventWithTheNewestView() {
        watch(null, NEVER).awaitItems(1, LIMIT);
        for (int version = 1; version <= 100; version++) {
            change("default", "a", version);
        }

        subscriber.awaitItems(2, LIMIT);

        assertThat(subscriber.getItems().get(1))
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                WatchEvent.ActorChanged.class,
                                changed -> assertThat(changed.data().version()).isEqualTo(100)));
        assertThat(lookUps).hasValue(1);
    }

    @Test
    void whatHappensBetweenTwoReadingsIsNotLost() {
        watch(null, NEVER).awaitItems(1, LIMIT);
        change("default", "a", 1);
        subscriber.awaitItems(2, LIMIT);
        change("default", "a", 2);
        change("default", "b", 1);

        subscriber.awaitItems(3, LIMIT);

        assertThat(names(2)).containsExactly("actor", "actor");
    }

    @Test
    void whatIsNotThereAnyMoreIsSaidToBeGone() {
        watch(null, NEVER).awaitItems(1, LIMIT);
        feed.publish(new ActorChange(ActorKey.of("default", "a"), "DELETED", 3, 1, null));
        feed.publish(new WorkerChange(UUID.randomUUID(), "GONE"));

        subscriber.awaitItems(2, LIMIT);

        assertThat(names(1)).containsExactly("actor-deleted", "worker-gone");
    }

    @Test
    void aFilterLeavesOtherAtespacesAndWorkersOut() {
        watch(new AtespaceName("team-a"), NEVER).awaitItems(1, LIMIT);
        change("default", "a", 1);
        feed.publish(new WorkerChange(UUID.randomUUID(), "FREE"));
        change("team-a", "b", 1);

        subscriber.awaitItems(2, LIMIT);

        assertThat(subscriber.getItems().get(1))
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                WatchEvent.ActorChanged.class,
                                changed -> assertThat(changed.data().id()).isEqualTo("b")));
    }

    @Test
    void aDeclaredObjectThatChangedIsNamed() {
        watch(null, NEVER).awaitItems(1, LIMIT);

        feed.publish(new CatalogChange("ActorTemplate", "demo", "counter"));
        feed.publish(new CatalogChange("ActorTemplate", "demo", "counter"));
        subscriber.awaitItems(2, LIMIT);

        assertThat(subscriber.getItems().get(1))
                .containsExactly(new WatchEvent.CatalogChanged(
                        new WatchEvent.CatalogChanged.Key("ActorTemplate", "demo", "counter")));
    }

    @Test
    void lostChangesAreSaidToBeLost() {
        watch(null, NEVER).awaitItems(1, LIMIT);
        feed.publish(new Missed());

        subscriber.awaitItems(2, LIMIT);

        assertThat(names(1)).containsExactly("resync");
    }

    @Test
    void aWatcherWhoDoesNotReadKeepsNoMoreThanItsShare() {
        subscriber =
                new Watcher(views(), null, NEVER).events(feed).subscribe().withSubscriber(AssertSubscriber.create(1));
        subscriber.awaitItems(1, LIMIT);
        for (int i = 0; i < 20_000; i++) {
            change("default", "a" + i, 1);
        }

        subscriber.request(1);
        subscriber.awaitItems(2, LIMIT);

        assertThat(names(1)).containsExactly("resync");
        assertThat(lookUps).hasValue(0);
    }

    @Test
    void aQuietTimeGivesEmptyBatches() {
        watch(null, Duration.ofMillis(5)).awaitItems(3, LIMIT);

        assertThat(subscriber.getItems()).allMatch(List::isEmpty);
    }

    private AssertSubscriber<List<WatchEvent>> watch(@Nullable AtespaceName only, Duration heartbeat) {
        subscriber = new Watcher(views(), only, heartbeat)
                .events(feed)
                .subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        return subscriber;
    }

    private void change(String atespace, String id, long version) {
        var key = ActorKey.of(atespace, id);
        var now = Instant.EPOCH;
        actors.put(
                key,
                new Actor(
                        key,
                        new UUID(0, 0),
                        new TemplateRef("demo", "counter"),
                        ActorStatus.SUSPENDED,
                        version,
                        0,
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        now,
                        now));
        feed.publish(new ActorChange(key, "SUSPENDED", version, 0, null));
    }

    private List<String> names(int batch) {
        return subscriber.getItems().get(batch).stream().map(WatchEvent::name).toList();
    }

    private Views views() {
        var store = (ActorStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ActorStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("find")) {
                        throw new AssertionError("a watcher only looks up: " + method);
                    }
                    lookUps.incrementAndGet();
                    return Uni.createFrom().item(Optional.ofNullable(actors.get((ActorKey) arguments[0])));
                });
        return new Views(store, new Workers(InstantSource.system()));
    }
}
