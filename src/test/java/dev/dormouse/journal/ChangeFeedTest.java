package dev.dormouse.journal;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.CallersWaiting;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.ChangeFeed.Missed;
import dev.dormouse.journal.ChangeFeed.WorkerChange;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChangeFeedTest {

    private static StoreDatabase database;
    private static DatabaseChangeFeed here;
    private static DatabaseChangeFeed there;

    @BeforeAll
    static void open() {
        database = new StoreDatabase();
        here = replica();
        there = replica();
    }

    private static DatabaseChangeFeed replica() {
        DatabaseChangeFeed replica = new DatabaseChangeFeed(database.vertx(), database.newPool(), 100_000);
        Queue<Change> heard = heard(replica);
        replica.open();
        await().atMost(ofSeconds(10)).until(() -> heard.contains(new Missed()));
        return replica;
    }

    @AfterAll
    static void close() throws Exception {
        here.close();
        there.close();
        database.close();
    }

    private static Queue<Change> heard(ChangeFeed feed) {
        Queue<Change> heard = new ConcurrentLinkedQueue<>();
        feed.changes().subscribe().with(heard::add);
        return heard;
    }

    private static Change change(int version) {
        return new ActorChange(ActorKey.of("team-a", "counter"), "RUNNING", version, 7, UUID.randomUUID());
    }

    @Test
    void ownChangesArriveAtOnceAndOnlyOnce() {
        Queue<Change> own = heard(here);
        Queue<Change> others = heard(there);
        Change change = change(1);

        here.publish(change);

        assertThat(own).containsExactly(change);
        await().atMost(ofSeconds(10)).until(() -> others.contains(change));
        // the notification came back by then, as both listen to the same channel
        assertThat(own).containsExactly(change);
    }

    @Test
    void everyKindOfChangeReachesTheOtherReplicasInOrder() {
        Queue<Change> others = heard(there);
        List<Change> changes = List.of(
                change(2),
                new ActorChange(ActorKey.of("default", "a"), "SUSPENDED", 3, 0, null),
                new WorkerChange(UUID.randomUUID(), "FREE"),
                new CatalogChange("ActorTemplate", "demo", "counter"),
                new CatalogChange("SandboxConfig", "", "gvisor"),
                new CallersWaiting(UUID.randomUUID(), new PoolRef("demo", "counter"), 12),
                new Missed());

        changes.forEach(here::publish);

        await().atMost(ofSeconds(10)).untilAsserted(() -> assertThat(others).containsExactlyElementsOf(changes));
    }

    @Test
    void aBurstLargerThanOneNotificationArrivesWhole() {
        Queue<Change> others = heard(there);
        List<Change> changes =
                IntStream.range(0, 1000).mapToObj(ChangeFeedTest::change).toList();

        changes.forEach(here::publish);

        await().atMost(ofSeconds(10)).untilAsserted(() -> assertThat(others).containsExactlyElementsOf(changes));
    }

    @Test
    void whoCannotKeepUpMissesTheOldestAndIsTold() {
        Subscribers subscribers = new Subscribers(3);
        AssertSubscriber<Change> slow = subscribers.changes().subscribe().withSubscriber(AssertSubscriber.create(0));
        Queue<Change> quick = new ConcurrentLinkedQueue<>();
        subscribers.changes().subscribe().with(quick::add);
        List<Change> changes =
                IntStream.range(0, 4).mapToObj(ChangeFeedTest::change).toList();

        changes.forEach(subscribers::offer);
        slow.request(10);

        assertThat(slow.getItems()).containsExactly(new Missed(), changes.get(3));
        assertThat(quick).containsExactlyElementsOf(changes);
    }

    @Test
    void whoCancelledHearsNothingMore() {
        Subscribers subscribers = new Subscribers(10);
        AssertSubscriber<Change> gone = subscribers.changes().subscribe().withSubscriber(AssertSubscriber.create(10));
        gone.cancel();

        subscribers.offer(change(1));

        assertThat(gone.getItems()).isEmpty();
    }

    @Test
    void aReplicaThatWasCutOffHearsThatItMissedSomething() {
        Queue<Change> heard = heard(there);

        database.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()");

        await().atMost(ofSeconds(10)).until(() -> heard.contains(new Missed()));
        Change after = change(9);
        await().atMost(ofSeconds(10)).untilAsserted(() -> {
            here.publish(after);
            assertThat(heard).contains(after);
        });
    }

    @Test
    void linesOfANewerVersionMeanThatSomethingWasMissed() {
        assertThat(ChangeText.read("sender\nplanet mars\nworker no-uuid FREE\nactor a\nwaiting x"))
                .containsExactly(new Missed(), new Missed(), new Missed(), new Missed());
    }
}
