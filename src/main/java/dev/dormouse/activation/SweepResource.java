package dev.dormouse.activation;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.OrphanSweep;
import dev.dormouse.snapshot.SnapshotRecords;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.Catalog;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Sweeping the stores of what no record names. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "admin", description = "For operators.")
class SweepResource {

    /** Longer than any snapshot or fork takes from its first file to its record. */
    private static final Duration MIN_AGE = Duration.ofHours(6);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final OrphanSweep sweep;
    private final SnapshotRecords records;
    private final Catalog catalog;

    SweepResource(SnapshotStores stores, SnapshotRecords records, Catalog catalog, InstantSource clock) {
        this.sweep = new OrphanSweep(stores, clock);
        this.records = records;
        this.catalog = catalog;
    }

    @Schema(name = "Orphan")
    record Orphan(
            String uri,
            long sizeBytes,

            @Schema(description = "False when it was never finished.")
            boolean complete,

            Instant lastChanged) {

        static Orphan of(Stored stored) {
            return new Orphan(stored.uri(), stored.sizeBytes(), stored.complete(), stored.lastChanged());
        }
    }

    @Schema(name = "Sweep")
    record SweepView(
            @Schema(description = "True when nothing was deleted.")
            boolean dryRun,

            List<Orphan> orphans,

            @Schema(description = "What the orphans take in the stores.")
            long bytes,

            @Schema(description = "What could not be read or deleted; the rest was swept all the same.")
            List<String> failures) {}

    @Needs(verb = Verb.CREATE, resource = "sweeps")
    @POST
    @Path("/admin/sweep")
    @Blocking
    @Operation(
            operationId = "sweepOrphans",
            summary = "Finds snapshots in the templates' locations that no record names, and deletes them if told so",
            description =
                    "What was written in the last 6 hours is left alone. Don't sweep a location that two installations share: "
                            + "neither knows the other's records.")
    public SweepView sweep(
            @QueryParam("dryRun")
                    @Parameter(description = "Unless false, nothing is deleted.", example = "true")
                    @Nullable
                    String dryRun) {
        boolean dry = isDry(dryRun);
        var mode = dry ? OrphanSweep.Mode.DRY_RUN : OrphanSweep.Mode.DELETE;
        OrphanSweep.Report report = sweep.sweep(locations(), this::known, MIN_AGE, mode);
        return new SweepView(
                dry, report.orphans().stream().map(Orphan::of).toList(), report.bytes(), report.failures());
    }

    private Set<String> known(Set<String> uris) {
        return records.known(uris).await().atMost(LIMIT);
    }

    private List<String> locations() {
        return catalog.templates().stream()
                .map(ActorTemplate::getSpec)
                .map(spec -> spec.snapshotsConfig().location())
                .distinct()
                .toList();
    }

    private static boolean isDry(@Nullable String text) {
        if (text == null || text.isEmpty() || text.equals("true")) {
            return true;
        } else if (text.equals("false")) {
            return false;
        }
        throw new Failure(Code.INVALID_ARGUMENT, "dryRun must be true or false");
    }
}
