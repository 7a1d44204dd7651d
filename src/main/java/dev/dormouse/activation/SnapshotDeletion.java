package dev.dormouse.activation;

import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotRecords;
import dev.dormouse.snapshot.SnapshotRecords.Dropped;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Removes the files of snapshots that no actor holds: durable ones from their store, local ones from their node. */
@Singleton
class SnapshotDeletion {

    private static final Logger LOG = Logger.getLogger(SnapshotDeletion.class);
    private static final int AT_ONCE = 256;

    private final SnapshotRecords records;
    private final SnapshotStores stores;
    private final Workers workers;
    private final AteomCalls ateom;

    SnapshotDeletion(SnapshotRecords records, SnapshotStores stores, Workers workers, AteomCalls ateom) {
        this.records = records;
        this.stores = stores;
        this.workers = workers;
        this.ateom = ateom;
    }

    /** Deletes what is due, in steps, until a step leaves something over; what fails stays due. */
    Uni<Void> run() {
        return step().chain(
                        deleted -> deleted == AT_ONCE ? run() : Uni.createFrom().voidItem());
    }

    private Uni<Integer> step() {
        return records.deleting(AT_ONCE)
                .chain(due -> Multi.createFrom()
                        .iterable(due)
                        .onItem()
                        .transformToUniAndConcatenate(this::delete)
                        .select()
                        .where(Optional::isPresent)
                        .map(Optional::get)
                        .collect()
                        .asList())
                .chain(deleted -> records.deleted(deleted).replaceWith(deleted.size()));
    }

    private Uni<Optional<Dropped>> delete(Dropped snapshot) {
        String node = snapshot.node();
        Uni<Boolean> deleted = node == null ? fromStore(snapshot) : fromNode(snapshot, node);
        return deleted.map(done -> done ? Optional.of(snapshot) : Optional.empty());
    }

    private Uni<Boolean> fromStore(Dropped snapshot) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        stores.delete(snapshot.uri());
                        return true;
                    } catch (SnapshotException e) {
                        LOG.warnf("snapshot %s is still to be deleted: %s", snapshot.uri(), e.getMessage());
                        return false;
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private Uni<Boolean> fromNode(Dropped snapshot, String node) {
        return workers.onNode(node)
                .map(worker -> ateom.dropLocal(worker, snapshot.key(), snapshot.id()))
                // what a node holds goes with the node
                .orElse(Uni.createFrom().item(!workers.mayComeBack(node)));
    }
}
