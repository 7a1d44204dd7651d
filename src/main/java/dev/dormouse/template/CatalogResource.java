package dev.dormouse.template;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.sandboxconfig.SandboxConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.function.Supplier;

/** What is declared, as Kubernetes would show it, status included. Values of Secrets are never part of it. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public class CatalogResource {

    private static final String API_VERSION = "ate.dev/v1alpha1";

    private final Catalog catalog;

    CatalogResource(Catalog catalog) {
        this.catalog = catalog;
    }

    /** A list as Kubernetes answers it. */
    public record ObjectList<T>(String apiVersion, String kind, List<T> items) {}

    @Needs(verb = Verb.LIST, resource = "actortemplates")
    @GET
    @Path("/actortemplates")
    public ObjectList<ActorTemplate> templates() {
        return new ObjectList<>(API_VERSION, "ActorTemplateList", catalog.templates());
    }

    @Needs(verb = Verb.GET, resource = "actortemplates")
    @GET
    @Path("/actortemplates/{namespace}/{name}")
    public ActorTemplate template(String namespace, String name) {
        TemplateRef ref = new TemplateRef(namespace, name);
        return catalog.template(ref).orElseThrow(notFound("ActorTemplate " + ref));
    }

    @Needs(verb = Verb.LIST, resource = "workerpools")
    @GET
    @Path("/workerpools")
    public ObjectList<WorkerPool> pools() {
        return new ObjectList<>(API_VERSION, "WorkerPoolList", catalog.pools());
    }

    @Needs(verb = Verb.GET, resource = "workerpools")
    @GET
    @Path("/workerpools/{namespace}/{name}")
    public WorkerPool pool(String namespace, String name) {
        return catalog.pools().stream()
                .filter(pool ->
                        named(pool, name) && namespace.equals(pool.getMetadata().getNamespace()))
                .findFirst()
                .orElseThrow(notFound("WorkerPool"));
    }

    @Needs(verb = Verb.LIST, resource = "sandboxconfigs")
    @GET
    @Path("/sandboxconfigs")
    public ObjectList<SandboxConfig> sandboxConfigs() {
        return new ObjectList<>(API_VERSION, "SandboxConfigList", catalog.sandboxConfigs());
    }

    @Needs(verb = Verb.GET, resource = "sandboxconfigs")
    @GET
    @Path("/sandboxconfigs/{name}")
    public SandboxConfig sandboxConfig(String name) {
        return catalog.sandboxConfigs().stream()
                .filter(config -> named(config, name))
                .findFirst()
                .orElseThrow(notFound("SandboxConfig"));
    }

    private static boolean named(HasMetadata object, String name) {
        return name.equals(object.getMetadata().getName());
    }

    private static Supplier<Failure> notFound(String what) {
        return () -> new Failure(Code.NOT_FOUND, what + " not found");
    }
}
