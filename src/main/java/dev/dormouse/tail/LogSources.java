package dev.dormouse.tail;

import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogRecords;
import dev.dormouse.log.LogRecords.Segment;
import dev.dormouse.log.LogRecords.Whereabouts;
import dev.dormouse.log.LogSegment;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.worker.Ateoms;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Where lines come from: the records say where they are, the store has some, nodes have others. */
@Singleton
class LogSources {

    /** For what ateom answers beside the time that it waits for news. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    final ChangeFeed feed;
    private final LogRecords records;
    private final SnapshotStores stores;
    private final Workers workers;
    private final Ateoms ateoms;

    LogSources(ChangeFeed feed, LogRecords records, SnapshotStores stores, Workers workers, Ateoms ateoms) {
        this.feed = feed;
        this.records = records;
        this.stores = stores;
        this.workers = workers;
        this.ateoms = ateoms;
    }

    /** As {@link LogRecords#after}. */
    Uni<Optional<Whereabouts>> after(ActorKey key, long generation, long seq) {
        return records.after(key, generation, seq);
    }

    Optional<Worker> worker(UUID uid) {
        return workers.find(uid);
    }

    Optional<Worker> servedBy(UUID ateom) {
        return workers.servedBy(ateom);
    }

    /** The lines of a segment that the store has. Fails with {@link Failure} when it can't be read. */
    Uni<List<LogLine>> stored(Segment segment) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return LogSegment.lines(stores.log(segment.uri()));
                    } catch (SnapshotException e) {
                        throw new Failure(Code.UNAVAILABLE, String.valueOf(e.getMessage()), null, e);
                    } catch (IllegalArgumentException e) {
                        throw new Failure(Code.INTERNAL, "log " + segment.uri() + " is damaged", null, e);
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    /** What a node has of an activation behind a line; it waits for the next. */
    Uni<ReadLogResponse> onNode(
            Worker worker, ActorKey key, UUID actorUid, long generation, long after, Duration wait) {
        ReadLogRequest request = ReadLogRequest.newBuilder()
                .setActor(ActorRef.newBuilder()
                        .setAtespace(key.atespace().value())
                        .setId(key.id().value()))
                .setActorUid(actorUid.toString())
                .setGeneration(generation)
                .setAfter(after)
                .setWaitMs(wait.toMillis())
                .build();
        return Uni.createFrom()
                .deferred(() -> ateoms.call(worker.ateom(), wait.plus(ANSWER), ateom -> ateom.readLog(request)));
    }
}
