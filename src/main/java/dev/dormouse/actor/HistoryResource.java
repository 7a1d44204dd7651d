package dev.dormouse.actor;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.journal.Event;
import dev.dormouse.journal.EventStore;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import dev.dormouse.snapshot.SnapshotRecords;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What happened to an actor, and the snapshots it left. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "actors")
class HistoryResource {

    private final Actors actors;
    private final EventStore journal;
    private final SnapshotRecords snapshots;

    HistoryResource(Actors actors, EventStore journal, SnapshotRecords snapshots) {
        this.actors = actors;
        this.journal = journal;
        this.snapshots = snapshots;
    }

    @Schema(name = "Event")
    record EventView(
            @Schema(description = "Later events have greater numbers.")
            long seq,

            Instant at,
            String atespace,
            String id,

            @Schema(description = "Of the record; another one after delete and create.")
            UUID uid,

            @Schema(examples = "Running") String type,
            @Schema(examples = "STATUS_RESUMING") @Nullable String from,
            @Schema(examples = "STATUS_RUNNING") @Nullable String to,
            @Schema(examples = "REQUEST") @Nullable String cause,
            @Nullable Long generation,

            @Schema(description = "namespace/pool/pod") @Nullable
            String worker,

            @Nullable UUID snapshot,

            @Schema(description = "Microseconds by phase: claim, prepare, restore, ready, checkpoint, store, total.")
            Map<String, Long> phases,

            @Nullable String message) {

        static EventView of(Event event) {
            return new EventView(
                    event.seq(),
                    event.at(),
                    event.key().atespace().value(),
                    event.key().id().value(),
                    event.actorUid(),
                    event.type(),
                    wire(event.from()),
                    wire(event.to()),
                    event.cause(),
                    event.generation(),
                    event.worker(),
                    event.snapshotId(),
                    event.phases(),
                    event.message());
        }

        private static @Nullable String wire(@Nullable String status) {
            return status == null ? null : ActorStatus.valueOf(status).wireName();
        }
    }

    @Schema(name = "EventList")
    record EventPage(List<EventView> items, @Nullable String nextPageToken) {}

    /** @param nextPageToken always null: retention keeps them few */
    @Schema(name = "SnapshotList")
    record SnapshotPage(
            List<ActorView.Snapshot> items, @Nullable String nextPageToken) {}

    @Needs(verb = Verb.GET, resource = "actors/events")
    @GET
    @Path("/atespaces/{atespace}/actors/{id}/events")
    @Operation(
            operationId = "listEvents",
            summary = "Lists what happened to an actor, oldest first",
            description = "Within the journal's retention, and also after the actor was deleted.")
    public Uni<EventPage> events(
            @PathParam("atespace") String atespace,
            @PathParam("id") String id,
            @QueryParam("after") @Parameter(description = "Only events with a greater seq.", example = "0") @Nullable
                    String after,
            @QueryParam("pageSize") @Parameter(description = "0 to 1000; 0 means 1000.") @Nullable String pageSize,
            @QueryParam("pageToken") @Parameter(description = "nextPageToken of the page before.") @Nullable
                    String pageToken) {
        var key = ActorKey.of(atespace, id);
        long start = pageToken != null && !pageToken.isEmpty()
                ? number(Paging.names(pageToken, 1).getFirst(), Paging.badToken())
                : after == null
                        ? 0
                        : number(after, new Failure(Code.INVALID_ARGUMENT, "after must be the seq of an event"));
        return journal.events(key, start, Paging.size(pageSize)).chain(page -> {
            if (page.events().isEmpty()) {
                // nobody, or somebody without news?
                return actors.get(key).replaceWith(new EventPage(List.of(), null));
            }
            Long next = page.next();
            return Uni.createFrom()
                    .item(new EventPage(
                            page.events().stream().map(EventView::of).toList(),
                            next == null ? null : Paging.token(next.toString())));
        });
    }

    @Needs(verb = Verb.GET, resource = "actors/snapshots")
    @GET
    @Path("/atespaces/{atespace}/actors/{id}/snapshots")
    @Operation(operationId = "listSnapshots", summary = "Lists the snapshots that an actor holds, newest first")
    public Uni<SnapshotPage> snapshots(@PathParam("atespace") String atespace, @PathParam("id") String id) {
        return actors.get(ActorKey.of(atespace, id))
                .chain(actor -> snapshots.of(actor.key()))
                .map(refs -> new SnapshotPage(
                        refs.stream().map(ActorView.Snapshot::of).toList(), null));
    }

    private static long number(String text, Failure otherwise) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // answered below
        }
        throw otherwise;
    }
}
