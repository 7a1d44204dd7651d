package dev.dormouse.standalone;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.standalone.ManifestObject.Key;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** What {@code kubectl-ate apply} and {@code delete} speak to where there is no API server of Kubernetes. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public class ManifestResource {

    private final ManifestCatalog catalog;

    ManifestResource(ManifestCatalog catalog) {
        this.catalog = catalog;
    }

    /** Applies the objects of a YAML stream, all or none. Fails INVALID_ARGUMENT naming document, line and field. */
    @Needs(verb = Verb.UPDATE, resource = "manifests")
    @PUT
    @Path("/manifests")
    @Consumes(MediaType.WILDCARD)
    public Uni<List<ManifestResult>> apply(byte[] yaml) {
        return Uni.createFrom()
                .deferred(() -> read(yaml))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(catalog::apply)
                .onFailure(ManifestException.class)
                .transform(e -> new Failure(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
    }

    /**
     * Deletes one object.
     *
     * @param kind singular or plural, in any case
     */
    @Needs(verb = Verb.DELETE, resource = "manifests")
    @DELETE
    @Path("/manifests/{kind}/{namespace}/{name}")
    public Uni<ManifestResult> delete(String kind, String namespace, String name) {
        return delete(known(kind, true), namespace, name);
    }

    /** Deletes one object of a kind without namespace. */
    @Needs(verb = Verb.DELETE, resource = "manifests")
    @DELETE
    @Path("/manifests/{kind}/{name}")
    public Uni<ManifestResult> delete(String kind, String name) {
        return delete(known(kind, false), "", name);
    }

    /** Fails FAILED_PRECONDITION while actors use it. */
    @Needs(verb = Verb.DELETE, resource = "actortemplates")
    @DELETE
    @Path("/actortemplates/{namespace}/{name}")
    public Uni<ManifestResult> deleteTemplate(String namespace, String name) {
        return delete(ManifestKind.ACTOR_TEMPLATE, namespace, name);
    }

    /** Its workers go once they are free. */
    @Needs(verb = Verb.DELETE, resource = "workerpools")
    @DELETE
    @Path("/workerpools/{namespace}/{name}")
    public Uni<ManifestResult> deletePool(String namespace, String name) {
        return delete(ManifestKind.WORKER_POOL, namespace, name);
    }

    @Needs(verb = Verb.DELETE, resource = "sandboxconfigs")
    @DELETE
    @Path("/sandboxconfigs/{name}")
    public Uni<ManifestResult> deleteSandboxConfig(String name) {
        return delete(ManifestKind.SANDBOX_CONFIG, "", name);
    }

    private Uni<ManifestResult> delete(ManifestKind kind, String namespace, String name) {
        return catalog.delete(new Key(kind, namespace, name));
    }

    private static Uni<List<ManifestObject>> read(byte[] yaml) {
        try {
            return Uni.createFrom().item(ManifestReader.read(yaml));
        } catch (ManifestException e) {
            return Uni.createFrom().failure(e);
        }
    }

    private static ManifestKind known(String kind, boolean namespaced) {
        return ManifestKind.spoken(kind)
                .filter(found -> found.namespaced() == namespaced)
                .orElseThrow(() -> new Failure(
                        Code.INVALID_ARGUMENT,
                        "kind must be WorkerPool, ActorTemplate or Secret with a namespace, or SandboxConfig without"));
    }
}
