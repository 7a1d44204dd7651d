package dev.dormouse.standalone;

import dev.dormouse.ateom.wire.ConfigureRequest;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Ateoms;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives the standalone ateom the slots that the pools ask for: worker {@code <pool>-0} and on for each replica. Level-triggered: it
 * compares what is wanted with what ateom confirmed, and asks again until they agree.
 */
@ApplicationScoped
class StandaloneSlots {

    private static final Logger LOG = Logger.getLogger(StandaloneSlots.class.getName());
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Catalog catalog;
    private final Ateoms ateoms;
    private volatile @Nullable ConfigureRequest confirmed;
    private @Nullable Cancellable looking;

    StandaloneSlots(Catalog catalog, Ateoms ateoms) {
        this.catalog = catalog;
        this.ateoms = ateoms;
    }

    /** @param address where ateom is now; it moves when it is started again */
    void keep(Supplier<String> address) {
        looking = Multi.createFrom()
                .ticks()
                .every(BETWEEN_LOOKS)
                .onOverflow()
                .drop()
                .onItem()
                .transformToUniAndConcatenate(tick -> agree(address.get()))
                .subscribe()
                .with(done -> {}, failure -> LOG.log(Level.SEVERE, "slots are no longer looked after", failure));
    }

    /** A new ateom knows nothing. */
    void forget() {
        confirmed = null;
    }

    void stop() {
        if (looking != null) {
            looking.cancel();
        }
    }

    private Uni<Void> agree(String address) {
        ConfigureRequest wanted = wanted();
        if (wanted.equals(confirmed)) {
            return Uni.createFrom().voidItem();
        }
        return ateoms.call(address, LIMIT, ateom -> ateom.configure(wanted))
                .invoke(() -> confirmed = wanted)
                .onFailure()
                // it is starting; the next look asks again
                .invoke(failure -> LOG.log(Level.FINE, "ateom does not take its slots yet", failure))
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }

    private ConfigureRequest wanted() {
        ConfigureRequest.Builder request = ConfigureRequest.newBuilder();
        for (WorkerPool pool : catalog.pools()) {
            for (int i = 0; i < pool.getSpec().replicas(); i++) {
                request.addSlots(slot(pool, i));
            }
        }
        return request.build();
    }

    private static Slot slot(WorkerPool pool, int index) {
        String namespace = pool.getMetadata().getNamespace();
        String name = pool.getMetadata().getName();
        String pod = name + "-" + index;
        // the same worker after each start
        UUID uid = UUID.nameUUIDFromBytes((namespace + "/" + pod).getBytes(StandardCharsets.UTF_8));
        return Slot.newBuilder()
                .setWorkerUid(uid.toString())
                .setNamespace(namespace)
                .setPool(name)
                .setPod(pod)
                .setSandboxClass(pool.getSpec().effectiveSandboxClass())
                .build();
    }
}
