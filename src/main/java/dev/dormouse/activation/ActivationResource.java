package dev.dormouse.activation;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorView;
import dev.dormouse.actor.Actors;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.IfMatch;
import dev.dormouse.scheduler.Explanation;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Waking an actor, laying it to sleep, copying it, and why it is where it is. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "actors")
class ActivationResource {

    private final Activations activations;

    ActivationResource(Activations activations) {
        this.activations = activations;
    }

    @Schema(name = "Resume")
    record ResumeBody(
            @Schema(description = "Boot from the image even if there is a snapshot; durable directories are kept.")
            @Nullable
            Boolean boot) {}

    @Schema(name = "Fork")
    record ForkBody(
            @Schema(required = true, description = "Of the copy.", examples = "copy") @Nullable
            String id) {}

    @Schema(name = "Placement", description = "For every pool and worker, whether the actor could run there and why.")
    record WhyView(
            @Schema(description = "One sentence.") String summary,
            List<PoolFit> pools,

            @Schema(description = "Candidates first, best first.")
            List<WorkerFit> workers) {

        record PoolFit(String namespace, String pool, boolean fits, String reason) {}

        record WorkerFit(String namespace, String pool, String pod, String node, boolean candidate, String reason) {}

        static WhyView of(Explanation why) {
            return new WhyView(
                    why.summary(),
                    why.pools().stream()
                            .map(fit -> new PoolFit(
                                    fit.pool().namespace(), fit.pool().name(), fit.fits(), fit.reason()))
                            .toList(),
                    why.workers().stream()
                            .map(fit -> new WorkerFit(
                                    fit.pool().namespace(),
                                    fit.pool().name(),
                                    fit.pod(),
                                    fit.node(),
                                    fit.candidate(),
                                    fit.reason()))
                            .toList());
        }
    }

    @Needs(verb = Verb.CREATE, resource = "actors/resume")
    @POST
    @Path("/atespaces/{atespace}/actors/{id}:resume")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "resumeActor",
            summary = "Wakes an actor onto a free worker",
            description =
                    "Answers once it is ready; a running actor is answered at once. Waits for a worker if none is free,"
                            + " then 503 with Retry-After and the reason.")
    public Uni<ActorView> resume(
            @PathParam("atespace") String atespace, @PathParam("id") String id, @Nullable ResumeBody body) {
        boolean boot = body != null && Boolean.TRUE.equals(body.boot());
        return activations.resume(ActorKey.of(atespace, id), boot, Cause.API).map(ActorView::of);
    }

    @Needs(verb = Verb.CREATE, resource = "actors/suspend")
    @POST
    @Path("/atespaces/{atespace}/actors/{id}:suspend")
    @Operation(
            operationId = "suspendActor",
            summary = "Puts an actor to sleep in the object store",
            description = "Answers once its snapshot is durable; a suspended actor is answered at once.")
    public Uni<ActorView> suspend(@PathParam("atespace") String atespace, @PathParam("id") String id) {
        return activations.suspend(ActorKey.of(atespace, id), Cause.API).map(ActorView::of);
    }

    @Needs(verb = Verb.CREATE, resource = "actors/pause")
    @POST
    @Path("/atespaces/{atespace}/actors/{id}:pause")
    @Operation(
            operationId = "pauseActor",
            summary = "Puts an actor to sleep on its node",
            description = "Its last durable snapshot is kept beside the local one; a paused actor is answered at once.")
    public Uni<ActorView> pause(@PathParam("atespace") String atespace, @PathParam("id") String id) {
        return activations.pause(ActorKey.of(atespace, id), Cause.API).map(ActorView::of);
    }

    @Needs(verb = Verb.CREATE, resource = "actors/fork")
    @POST
    @Path("/atespaces/{atespace}/actors/{id}:fork")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "forkActor",
            summary = "Makes a copy of an actor that goes on from the same state",
            description = "The copy sleeps. A running actor is snapshot for it and runs on.")
    @APIResponse(responseCode = "201", description = "Created; Location says where.")
    public Uni<RestResponse<ActorView>> fork(
            @PathParam("atespace") String atespace, @PathParam("id") String id, @Nullable ForkBody body) {
        if (body == null) {
            throw new Failure(Code.INVALID_ARGUMENT, "a JSON body with the id of the copy is required");
        }
        var key = ActorKey.of(atespace, id);
        Actors.requireOwn(key.atespace());
        return activations
                .fork(key, new ActorId(body.id() == null ? "" : body.id()))
                .map(ActivationResource::created);
    }

    @Needs(verb = Verb.GET, resource = "actors/why")
    @GET
    @Path("/atespaces/{atespace}/actors/{id}/why")
    @Operation(
            operationId = "explainActor",
            summary = "Says for every pool and worker whether the actor could run there, and why")
    public Uni<WhyView> why(@PathParam("atespace") String atespace, @PathParam("id") String id) {
        return activations.why(ActorKey.of(atespace, id)).map(WhyView::of);
    }

    private static RestResponse<ActorView> created(Actor actor) {
        var key = actor.key();
        return RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, ActorView.of(actor))
                .location(URI.create("/v1/atespaces/" + key.atespace() + "/actors/" + key.id()))
                .header(HttpHeaders.ETAG, IfMatch.etag(actor.version()))
                .build();
    }
}
