package dev.dormouse.atespace;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.IfMatch;
import dev.dormouse.platform.Paging;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Atespaces. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "atespaces", description = "Tenants. The same actor id in two of them is two actors.")
class AtespaceResource {

    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String OWNER = "Whose it is, in any words.";
    private static final String LIMITS =
            "Limits, by actors, runningActors, snapshotBytes and wakesPerMinute; none where there is none.";

    private final Atespaces atespaces;

    AtespaceResource(Atespaces atespaces) {
        this.atespaces = atespaces;
    }

    @Schema(name = "Atespace")
    record View(
            @Schema(examples = "team-a") String name,
            UUID uid,
            @Nullable String owner,
            Map<String, String> labels,

            @Schema(description = LIMITS) Map<String, Long> quotas,

            long version,
            Instant createdAt) {

        static View of(Atespace atespace) {
            var quotas = new TreeMap<String, Long>();
            atespace.quotas().forEach((quota, limit) -> quotas.put(quota.wireName(), limit));
            return new View(
                    atespace.name().value(),
                    atespace.uid(),
                    atespace.owner(),
                    new TreeMap<>(atespace.labels()),
                    quotas,
                    atespace.version(),
                    atespace.createdAt());
        }
    }

    @Schema(name = "AtespaceList")
    record Page(List<View> items, @Nullable String nextPageToken) {}

    @Schema(name = "NewAtespace")
    record Body(
            @Schema(required = true, examples = "team-a") @Nullable
            String name,

            @Schema(description = OWNER) @Nullable String owner,

            @Nullable Map<String, @Nullable String> labels,

            @Schema(description = LIMITS) @Nullable Map<String, @Nullable Long> quotas) {}

    @Schema(name = "AtespacePatch", description = "A merge patch: null removes an entry, absent leaves it.")
    record PatchBody(
            @Schema(description = OWNER + " Empty for nobody.") @Nullable
            String owner,

            @Nullable Map<String, @Nullable String> labels,

            @Schema(description = LIMITS) @Nullable Map<String, @Nullable Long> quotas) {}

    @Needs(verb = Verb.LIST, resource = "atespaces")
    @GET
    @Path("/atespaces")
    @Operation(operationId = "listAtespaces", summary = "Lists atespaces by name, page by page")
    public Uni<Page> list(
            @QueryParam("pageSize") @Parameter(description = "0 to 1000; 0 means 1000.") @Nullable String pageSize,
            @QueryParam("pageToken") @Parameter(description = "nextPageToken of the page before.") @Nullable
                    String pageToken) {
        int size = Paging.size(pageSize);
        // one more than asked for tells whether there is a next page
        return atespaces.list(after(pageToken), size + 1).map(found -> {
            boolean more = found.size() > size;
            var items = found.stream().limit(size).map(View::of).toList();
            return new Page(items, more ? Paging.token(items.getLast().name()) : null);
        });
    }

    @Needs(verb = Verb.CREATE, resource = "atespaces")
    @POST
    @Path("/atespaces")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "createAtespace", summary = "Creates an atespace")
    @APIResponse(responseCode = "201", description = "Created; Location says where.")
    public Uni<RestResponse<View>> create(@Nullable Body body) {
        if (body == null) {
            throw new Failure(Code.INVALID_ARGUMENT, "a JSON body with name is required");
        }
        var name = new AtespaceName(body.name() == null ? "" : body.name());
        return atespaces
                .create(name, new Atespaces.Merge(body.owner(), body.labels(), body.quotas(), null))
                .map(created -> RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, View.of(created))
                        .location(URI.create("/v1/atespaces/" + name))
                        .header(HttpHeaders.ETAG, IfMatch.etag(created.version()))
                        .build());
    }

    @Needs(verb = Verb.GET, resource = "atespaces")
    @GET
    @Path("/atespaces/{atespace}")
    @Operation(operationId = "getAtespace", summary = "Shows an atespace; its ETag serves If-Match")
    public Uni<RestResponse<View>> get(@PathParam("atespace") String atespace) {
        return atespaces.get(new AtespaceName(atespace)).map(AtespaceResource::tagged);
    }

    @Needs(verb = Verb.PATCH, resource = "atespaces")
    @PATCH
    @Path("/atespaces/{atespace}")
    @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
    @Operation(
            operationId = "patchAtespace",
            summary = "Changes owner, labels and quotas of an atespace",
            description =
                    "Entries are merged; null removes one. With If-Match only if the atespace is at that version, else 412. "
                            + "A limit below what there is ends nothing: it refuses what is new.")
    public Uni<RestResponse<View>> patch(
            @PathParam("atespace") String atespace,
            @HeaderParam(HttpHeaders.IF_MATCH) @Parameter(example = "\"3\"") @Nullable String ifMatch,
            @Nullable PatchBody body) {
        if (body == null) {
            throw new Failure(Code.INVALID_ARGUMENT, "a JSON body with owner, labels or quotas is required");
        }
        var change = new Atespaces.Merge(body.owner(), body.labels(), body.quotas(), IfMatch.version(ifMatch));
        return atespaces
                .merge(new AtespaceName(atespace), change)
                .onFailure(failure -> ifMatch != null && Atespaces.isConflict(failure))
                .transform(IfMatch::preconditionFailed)
                .map(AtespaceResource::tagged);
    }

    @Needs(verb = Verb.DELETE, resource = "atespaces")
    @DELETE
    @Path("/atespaces/{atespace}")
    @Operation(operationId = "deleteAtespace", summary = "Deletes an atespace without actors")
    @APIResponse(responseCode = "204", description = "Deleted.")
    public Uni<Void> delete(@PathParam("atespace") String atespace) {
        return atespaces.delete(new AtespaceName(atespace));
    }

    private static RestResponse<View> tagged(Atespace atespace) {
        return RestResponse.ResponseBuilder.ok(View.of(atespace))
                .header(HttpHeaders.ETAG, IfMatch.etag(atespace.version()))
                .build();
    }

    private static @Nullable AtespaceName after(@Nullable String pageToken) {
        if (pageToken == null || pageToken.isEmpty()) {
            return null;
        }
        try {
            return new AtespaceName(Paging.names(pageToken, 1).getFirst());
        } catch (InvalidNameException e) {
            throw Paging.badToken();
        }
    }
}
