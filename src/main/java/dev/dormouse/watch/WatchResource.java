package dev.dormouse.watch;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.AtespaceName;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The live feed, as server-sent events. */
@Path("/v1")
@Tag(name = "watch", description = "What changes, as it changes.")
class WatchResource {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Views views;
    private final ChangeFeed feed;

    WatchResource(Views views, ChangeFeed feed) {
        this.views = views;
        this.feed = feed;
    }

    @Needs(verb = Verb.WATCH, resource = "actors", atespaceQuery = "atespace", standing = true)
    @GET
    @Path("/watch")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "watch",
            summary = "Streams changes of actors, workers and declared objects as server-sent events",
            description = """
                    Events: `actor` and `worker` with the present view as data, `actor-deleted` {atespace, id}, `worker-gone` {uid},
                    `catalog` {kind, namespace, name} of a template, pool or sandbox config that came, changed or went, and `resync` when changes were lost: list again. Begin the stream, then list, and nothing is missed. Changes of one actor or
                    worker that come quicker than the stream is read are folded into the newest. A comment every 15 s keeps it open.""")
    public Multi<OutboundSseEvent> watch(
            @QueryParam("atespace")
                    @Parameter(description = "Only actors of this atespace, and nothing else.")
                    @Nullable
                    String atespace,
            @Context Sse sse) {
        AtespaceName only = atespace == null || atespace.isEmpty() ? null : new AtespaceName(atespace);
        return new Watcher(views, only, HEARTBEAT)
                .events(feed)
                .onItem()
                .transformToMultiAndConcatenate(batch -> Multi.createFrom().iterable(sent(batch, sse)));
    }

    private static List<OutboundSseEvent> sent(List<WatchEvent> batch, Sse sse) {
        if (batch.isEmpty()) {
            return List.of(sse.newEventBuilder().comment("alive").build());
        }
        return batch.stream()
                .map(event -> sse.newEventBuilder()
                        .name(event.name())
                        .mediaType(MediaType.APPLICATION_JSON_TYPE)
                        .data(event.data())
                        .build())
                .toList();
    }
}
