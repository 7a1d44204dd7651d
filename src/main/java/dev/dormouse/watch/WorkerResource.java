package dev.dormouse.watch;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Workers. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "workers", description = "Slots that run one actor at a time.")
class WorkerResource {

    private final Views views;

    WorkerResource(Views views) {
        this.views = views;
    }

    /** @param nextPageToken always null: workers are few, one page holds them */
    @Schema(name = "WorkerList")
    record Page(List<WorkerView> items, @Nullable String nextPageToken) {}

    @Needs(verb = Verb.LIST, resource = "workers")
    @GET
    @Path("/workers")
    @Operation(operationId = "listWorkers", summary = "Lists all workers by namespace, pool and pod")
    public Uni<Page> list() {
        return views.allWorkers().map(workers -> new Page(workers, null));
    }
}
