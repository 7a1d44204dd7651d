package dev.dormouse.actor;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Actors of all atespaces. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "actors")
class AllActorsResource {

    private final Actors actors;

    AllActorsResource(Actors actors) {
        this.actors = actors;
    }

    @Needs(verb = Verb.LIST, resource = "actors")
    @GET
    @Path("/actors")
    @Operation(operationId = "listAllActors", summary = "Lists actors of all atespaces by (atespace, id), page by page")
    public Uni<ActorList> list(@BeanParam ActorListParams params) {
        return actors.list(params.query(null)).map(ActorList::of);
    }
}
