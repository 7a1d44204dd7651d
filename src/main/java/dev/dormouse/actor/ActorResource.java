package dev.dormouse.actor;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.IfMatch;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Actors of one atespace. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "actors", description = "Instances of agents. Most of them sleep as a snapshot.")
class ActorResource {

    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final Actors actors;

    ActorResource(Actors actors) {
        this.actors = actors;
    }

    @Schema(name = "TemplateReference")
    record TemplateBody(
            @Schema(required = true, examples = "demo") @Nullable
            String namespace,

            @Schema(required = true, examples = "counter") @Nullable
            String name) {}

    @Schema(name = "NewActor")
    record NewActorBody(
            @Schema(
                    required = true,
                    examples = "my-counter",
                    description = "1 to 63 lower case letters, digits and '-', not at either end.")
            @Nullable
            String id,

            @Schema(required = true) @Nullable TemplateBody template,

            @Schema(description = "At most 10 labels that a pool must carry to run this actor.") @Nullable
            Map<String, String> workerSelector,

            @Nullable Map<String, String> labels) {}

    @Schema(name = "ActorPatch", description = "A merge patch: null removes an entry, absent leaves it.")
    record PatchBody(
            @Nullable Map<String, @Nullable String> workerSelector,
            @Nullable Map<String, @Nullable String> labels) {}

    @Needs(verb = Verb.LIST, resource = "actors")
    @GET
    @Path("/atespaces/{atespace}/actors")
    @Operation(operationId = "listActors", summary = "Lists the actors of an atespace by id, page by page")
    public Uni<ActorList> list(@PathParam("atespace") String atespace, @BeanParam ActorListParams params) {
        return actors.list(params.query(new AtespaceName(atespace))).map(ActorList::of);
    }

    @Needs(verb = Verb.CREATE, resource = "actors")
    @POST
    @Path("/atespaces/{atespace}/actors")
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(RestResponse.StatusCode.CREATED)
    @Operation(
            operationId = "createActor",
            summary = "Creates an actor",
            description = "It sleeps until it is resumed or its host name is asked for.")
    @APIResponse(responseCode = "201", description = "Created; Location says where.")
    public Uni<RestResponse<ActorView>> create(@PathParam("atespace") String atespace, @Nullable NewActorBody body) {
        if (body == null) {
            throw new Failure(Code.INVALID_ARGUMENT, "a JSON body with id and template is required");
        }
        var key = ActorKey.of(atespace, given(body.id()));
        var template = body.template() == null ? new TemplateBody(null, null) : body.template();
        return actors.create(
                        key,
                        new TemplateRef(given(template.namespace()), given(template.name())),
                        body.labels(),
                        body.workerSelector())
                .map(actor -> RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, ActorView.of(actor))
                        .location(URI.create("/v1/atespaces/" + key.atespace() + "/actors/" + key.id()))
                        .header(HttpHeaders.ETAG, IfMatch.etag(actor.version()))
                        .build());
    }

    @Needs(verb = Verb.GET, resource = "actors")
    @GET
    @Path("/atespaces/{atespace}/actors/{id}")
    @Operation(operationId = "getActor", summary = "Shows an actor; its ETag serves If-Match")
    public Uni<RestResponse<ActorView>> get(@PathParam("atespace") String atespace, @PathParam("id") String id) {
        return actors.get(ActorKey.of(atespace, id)).map(ActorResource::tagged);
    }

    @Needs(verb = Verb.PATCH, resource = "actors")
    @PATCH
    @Path("/atespaces/{atespace}/actors/{id}")
    @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
    @Operation(
            operationId = "patchActor",
            summary = "Changes labels and workerSelector of an actor",
            description =
                    "Entries are merged; null removes one. With If-Match only if the actor is at that version, else 412.")
    public Uni<RestResponse<ActorView>> patch(
            @PathParam("atespace") String atespace,
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.IF_MATCH) @Parameter(example = "\"3\"") @Nullable String ifMatch,
            @Nullable PatchBody body) {
        if (body == null) {
            throw new Failure(Code.INVALID_ARGUMENT, "a JSON body with labels or workerSelector is required");
        }
        var change = new Actors.Merge(body.labels(), body.workerSelector(), IfMatch.version(ifMatch));
        return actors.merge(ActorKey.of(atespace, id), change)
                .onFailure(failure -> ifMatch != null && Actors.isConflict(failure))
                .transform(IfMatch::preconditionFailed)
                .map(ActorResource::tagged);
    }

    @Needs(verb = Verb.DELETE, resource = "actors")
    @DELETE
    @Path("/atespaces/{atespace}/actors/{id}")
    @Operation(operationId = "deleteActor", summary = "Deletes a suspended or paused actor and its snapshots")
    @APIResponse(responseCode = "204", description = "Deleted.")
    public Uni<Void> delete(
            @PathParam("atespace") String atespace,
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.IF_MATCH) @Parameter(example = "\"3\"") @Nullable String ifMatch) {
        return actors.delete(ActorKey.of(atespace, id), IfMatch.version(ifMatch))
                .onFailure(failure -> ifMatch != null && Actors.isConflict(failure))
                .transform(IfMatch::preconditionFailed)
                .replaceWithVoid();
    }

    private static RestResponse<ActorView> tagged(Actor actor) {
        return RestResponse.ResponseBuilder.ok(ActorView.of(actor))
                .header(HttpHeaders.ETAG, IfMatch.etag(actor.version()))
                .build();
    }

    /** An absent name is an empty one; the name types say that it is required. */
    private static String given(@Nullable String name) {
        return name == null ? "" : name;
    }
}
