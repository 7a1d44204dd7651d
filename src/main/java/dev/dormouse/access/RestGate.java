package dev.dormouse.access;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Problem;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Method;
import java.net.URI;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/** The gate for calls of REST. */
public final class RestGate {

    private static final String PASSAGE = Passage.class.getName();
    private static final Failure OF_ANOTHER_SITE =
            new Failure(Code.PERMISSION_DENIED, "a page of another site sent this");

    private final Gate gate;
    private final Audit audit;
    private final StandingCalls standing;

    RestGate(Gate gate, Audit audit, StandingCalls standing) {
        this.gate = gate;
        this.audit = audit;
        this.standing = standing;
    }

    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    Uni<Response> enter(ContainerRequestContext request, ResourceInfo resource, RoutingContext call) {
        Method method = resource.getResourceMethod();
        Credentials credentials = Credentials.of(call.request());
        boolean foreign = !request.getMethod().equals(HttpMethod.GET) && isOfAnotherSite(call.request(), credentials);
        if (method.isAnnotationPresent(Open.class)) {
            return foreign
                    ? Uni.createFrom().failure(OF_ANOTHER_SITE)
                    : Uni.createFrom().nullItem();
        }
        Needs needs = method.getAnnotation(Needs.class);
        if (needs == null) {
            throw new Failure(Code.PERMISSION_DENIED, "nobody may do this: no permission for it is known");
        }
        Passage passage = new Passage(credentials, permission(needs, request.getUriInfo()));
        request.setProperty(PASSAGE, passage);
        if (foreign) {
            return Uni.createFrom().failure(OF_ANOTHER_SITE);
        }
        Uni<Response> admitted = gate.admit(passage)
                .invoke(() -> {
                    if (needs.standing()) {
                        standing.watch(passage, call);
                    }
                })
                .replaceWith((Response) null);
        return needs.page() ? admitted.onFailure(RestGate::isUnknown).recoverWithItem(RestGate::signIn) : admitted;
    }

    /** Only a browser, told to by a page, sends what it has of somebody without asking him: a cookie, a certificate, his being here. */
    private boolean isOfAnotherSite(HttpServerRequest request, Credentials credentials) {
        if (credentials.ofCookie()) {
            return !Origins.isOwn(request);
        }
        boolean own = Origins.isOwn(request) && (!gate.open() || Origins.isToThisMachine(request));
        return credentials.token() == null && Origins.isOfAPage(request) && !own;
    }

    private static boolean isUnknown(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.UNAUTHENTICATED;
    }

    private static Response signIn() {
        return Response.seeOther(URI.create(BrowserSession.SIGN_IN)).build();
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
        for (String value : values) {
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    private static String result(ContainerResponseContext response) {
        return response.getEntity() instanceof String body
                        && Problem.MEDIA_TYPE.equals(String.valueOf(response.getMediaType()))
                ? new JsonObject(body).getString("code")
                : Audit.DONE;
    }
}
