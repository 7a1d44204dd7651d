package dev.dormouse.tail;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.Actors;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.template.ActorTemplateSpec.Container;
import dev.dormouse.template.Catalog;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What an actor prints, as text or as JSON, a line each. */
@Path("/v1")
@Tag(name = "actors")
class LogResource {

    private static final String PATH = "/atespaces/{atespace}/actors/{id}/logs";
    private static final String JSON_LINES = "application/x-ndjson";

    private final Actors actors;
    private final Catalog catalog;
    private final LogSources sources;
    private final InstantSource clock;

    LogResource(Actors actors, Catalog catalog, LogSources sources, InstantSource clock) {
        this.actors = actors;
        this.catalog = catalog;
        this.sources = sources;
        this.clock = clock;
    }

    @Needs(verb = Verb.GET, resource = "actors/logs", standing = true)
    @GET
    @Path(PATH)
    @Produces(MediaType.TEXT_PLAIN)
    @Operation(
            operationId = "readLogs",
            summary = "Streams what an actor printed, over all its activations",
            description = """
                    Lines come as text or, if asked for by Accept, as a JSON object each. Text has `[container]` in front of each line when the actor
                    has several containers and none was chosen. Kept are the newest 16 MiB of an actor (`dormouse.logs.keep-bytes`); lines that are
                    lost in between have a notice in their place. Lines of more than 16 KiB come in pieces, and values from Secrets masked.""")
    @APIResponse(
            responseCode = "200",
            description = "The lines, oldest first.",
            content = {
                @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(implementation = String.class)),
                @Content(mediaType = JSON_LINES, schema = @Schema(implementation = Entry.class))
            })
    public Multi<String> text(
            @PathParam("atespace") String atespace, @PathParam("id") String id, @BeanParam LogParams params) {
        LogQuery query = params.query(clock.instant());
        boolean timestamps = params.withTimestamps();
        return read(ActorKey.of(atespace, id), query, actor -> {
            boolean prefix = query.container().isEmpty() && containers(actor).size() > 1;
            var text = new TextLines(prefix, timestamps);
            return text::of;
        });
    }

    @Needs(verb = Verb.GET, resource = "actors/logs", standing = true)
    @GET
    @Path(PATH)
    // text for whoever doesn't say what he wants
    @Produces(JSON_LINES + ";qs=0.5")
    @Operation(hidden = true)
    public Multi<Entry> json(
            @PathParam("atespace") String atespace, @PathParam("id") String id, @BeanParam LogParams params) {
        return read(ActorKey.of(atespace, id), params.query(clock.instant()), actor -> Function.identity())
                .onItem()
                .transformToIterable(Function.identity());
    }

    private <T> Multi<T> read(ActorKey key, LogQuery query, Function<Actor, Function<List<Entry>, T>> format) {
        return actors.get(key).onItem().transformToMulti(actor -> {
            requireContainer(actor, query.container());
            return entries(key, query).map(format.apply(actor));
        });
    }

    private Multi<List<Entry>> entries(ActorKey key, LogQuery query) {
        Bell bell = new Bell(key);
        LogReader reader = new LogReader(sources, key, query, bell);
        Tail tail = new Tail(query);
        return Multi.createFrom()
                .resource(
                        () -> sources.feed.changes().subscribe().with(bell::hear),
                        listening -> Multi.createBy()
                                .repeating()
                                .uni(reader::next)
                                .whilst(batch -> !batch.last())
                                .map(tail::pass)
                                .select()
                                .where(entries -> !entries.isEmpty()))
                .withFinalizer(Cancellable::cancel);
    }

    private void requireContainer(Actor actor, String container) {
        List<String> names = containers(actor);
        if (!container.isEmpty() && !names.isEmpty() && !names.contains(container)) {
            throw new Failure(
                    Code.INVALID_ARGUMENT,
                    "actor %s has no container %s; it has %s"
                            .formatted(actor.key().id(), container, String.join(", ", names)));
        }
    }

    /** Empty when its template is gone. */
    private List<String> containers(Actor actor) {
        return catalog.template(actor.template())
                .map(template -> template.getSpec().containers().stream()
                        .map(Container::name)
                        .toList())
                .orElse(List.of());
    }
}
