package dev.dormouse.console;

import dev.dormouse.access.BrowserSession;
import dev.dormouse.access.Open;
import dev.dormouse.platform.Failure;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestForm;
import org.jspecify.annotations.Nullable;

/** Where people say who they are, for the console; at the same path as the console, which a longer one would hide in part. */
@Path("/")
@Produces(MediaType.TEXT_HTML)
class SignInResource {

    private static final URI CONSOLE = URI.create("/");

    private final BrowserSession session;

    SignInResource(BrowserSession session) {
        this.session = session;
    }

    @CheckedTemplate
    static final class Templates {
        private Templates() {}

        static native TemplateInstance page(String complaint);
    }

    @Open
    @GET
    @Path("console/sign-in")
    @Operation(hidden = true)
    public Response page() {
        return session.needed()
                ? Response.ok(Templates.page("")).build()
                : Response.seeOther(CONSOLE).build();
    }

    @Open
    @POST
    @Path("console/sign-in")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Operation(hidden = true)
    public Uni<Response> signIn(@RestForm @Nullable String token, @Context HttpServerRequest request) {
        return session.begin(Objects.requireNonNullElse(token, "").strip(), request.isSSL())
                .map(SignInResource::toTheConsole)
                .onFailure(Failure.class)
                .recoverWithItem(failure -> refused((Failure) failure));
    }

    @Open
    @POST
    @Path("console/sign-out")
    @Operation(hidden = true)
    public Response signOut(@Context HttpServerRequest request) {
        return toTheConsole(session.end(request.isSSL()));
    }

    private static Response toTheConsole(NewCookie cookie) {
        return Response.seeOther(CONSOLE).cookie(cookie).build();
    }

    private static Response refused(Failure failure) {
        return Response.status(failure.code().httpStatus())
                .entity(Templates.page(failure.detail()))
                .build();
    }
}
