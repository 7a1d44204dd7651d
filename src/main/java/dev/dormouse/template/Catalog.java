package dev.dormouse.template;

import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.snapshot.SnapshotRef;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is declared: templates, pools, sandbox configs. Reads come from memory and don't block; what they give is shared and
 * must not be changed. Its source is the cluster or, standalone, manifests; a
 * {@link dev.dormouse.journal.ChangeFeed.CatalogChange} tells when something changed.
 */
public interface Catalog {

    /** Empty when none is declared by that name. */
    Optional<ActorTemplate> template(TemplateRef ref);

    /** All that are declared, in no order. */
    List<ActorTemplate> templates();

    /** All that are declared, in no order. */
    List<WorkerPool> pools();

    /** All that are declared, in no order. */
    List<SandboxConfig> sandboxConfigs();

    /** The template's golden snapshot; empty until it is Ready, and for ever where its sandbox can't take one: its actors boot. */
    Optional<SnapshotRef> golden(TemplateRef ref);

    /**
     * Writes the status and what {@link #golden} gives from then on, if the template is still as it was {@code seen}.
     *
     * @return false when it changed or went since: look again
     */
    Uni<Boolean> templateStatus(ActorTemplate seen, ActorTemplateStatus status, @Nullable SnapshotRef golden);

    /** Writes the status unless it is equal. A pool that is gone is no error. */
    Uni<Void> poolStatus(PoolRef ref, WorkerPoolStatus status);

    /**
     * A Secret's entries, decoded. Never log them. Fails FAILED_PRECONDITION when there is no such Secret.
     */
    Uni<Map<String, String>> secret(String namespace, String name);

    /** Reads the source again: when it answers, memory holds all that was declared before the call. */
    Uni<Void> refresh();
}
