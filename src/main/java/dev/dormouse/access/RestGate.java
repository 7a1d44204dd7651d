package dev.dormouse.access;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Problem;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.Objects;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/** The gate for calls of REST. */
public final class RestGate {

    private static final String PASSAGE = Passage.class.getName();

    private final Gate gate;
    private final Audit audit;
    private final StandingCalls standing;

    RestGate(Gate gate, Audit audit, StandingCalls standing) {
        this.gate = gate;
        this.audit = audit;
        this.standing = standing;
    }

    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    Uni<Void> enter(ContainerRequestContext request, ResourceInfo resource, RoutingContext call) {
        Needs needs = resource.getResourceMethod().getAnnotation(Needs.class);
        if (needs == null) {
            throw new Failure(Code.PERMISSION_DENIED, "nobody may do this: no permission for it is known");
        }
        Passage passage = new Passage(Credentials.of(call.request()), permission(needs, request.getUriInfo()));
        request.setProperty(PASSAGE, passage);
        Uni<Void> admitted = gate.admit(passage);
        return needs.standing() ? admitted.invoke(() -> standing.watch(passage, call)) : admitted;
    }

    @ServerResponseFilter
    void leave(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(PASSAGE) instanceof Passage passage) {
            audit.ended(passage, result(response));
        }
    }

    private static Permission permission(Needs needs, UriInfo uri) {
        MultivaluedMap<String, String> path = uri.getPathParameters();
        String atespace = first(
                path.getFirst("atespace"),
                path.getFirst("namespace"),
                needs.atespaceQuery().isEmpty()
                        ? null
                        : uri.getQueryParameters().getFirst(needs.atespaceQuery()));
        // an atespace stands in itself
        String self = needs.resource().equals("atespaces") ? path.getFirst("atespace") : null;
        String name = first(path.getFirst("id"), path.getFirst("name"), self);
        return new Permission(needs.verb(), needs.resource(), atespace, name);
    }

    private static String first(@Nullable String... values) {
        return Stream.of(values).filter(Objects::nonNull).findFirst().orElse("");
    }

    private static String result(ContainerResponseContext response) {
        return response.getEntity() instanceof String body
                        && Problem.MEDIA_TYPE.equals(String.valueOf(response.getMediaType()))
                ? new JsonObject(body).getString("code")
                : Audit.DONE;
    }
}
