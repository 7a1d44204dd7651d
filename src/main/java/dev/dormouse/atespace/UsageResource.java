package dev.dormouse.atespace;

import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.platform.Paging;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** What atespaces, templates and actors used, as JSON or CSV. */
@Path("/v1")
@Tag(name = "atespaces")
class UsageResource {

    private static final String CSV = "text/csv";
    private static final String TITLES = "atespace,template,actor,actorSeconds,wakes,snapshotByteHours\n";

    private final Usage usage;
    private final InstantSource clock;

    UsageResource(Usage usage, InstantSource clock) {
        this.usage = usage;
        this.clock = clock;
    }

    @RegisterForReflection
    @Schema(name = "UsageTemplate")
    record TemplateView(String namespace, String name) {}

    @RegisterForReflection
    @Schema(name = "Usage")
    record View(
            @Schema(examples = "team-a") String atespace,

            @Schema(description = "Null where lines are of atespaces.") @Nullable
            TemplateView template,

            @Schema(description = "Null but where lines are of actors.") @Nullable
            String actor,

            @Schema(description = "Seconds on workers, from claim to the end of the activation.")
            BigDecimal actorSeconds,

            @Schema(description = "Wakes that began.") long wakes,

            @Schema(description = "Bytes of durable snapshots by the hours they were kept.")
            BigDecimal snapshotByteHours) {

        static View of(Usage.Line line) {
            List<String> key = line.key();
            return new View(
                    key.getFirst(),
                    key.size() > 2 ? new TemplateView(key.get(1), key.get(2)) : null,
                    key.size() > 3 ? key.get(3) : null,
                    line.actorSeconds(),
                    line.wakes(),
                    line.snapshotByteHours());
        }

        /** None of the values has a comma in it. */
        String csv() {
            return "%s,%s,%s,%s,%d,%s\n"
                    .formatted(
                            atespace,
                            template == null ? "" : template.namespace() + "/" + template.name(),
                            actor == null ? "" : actor,
                            actorSeconds.toPlainString(),
                            wakes,
                            snapshotByteHours.toPlainString());
        }
    }

    @RegisterForReflection
    @Schema(name = "UsageList")
    record Page(
            List<View> items,
            @Nullable String nextPageToken,

            @Schema(description = "Until when seconds and wakes are counted, a minute or two ago.")
            Instant meteredTo) {}

    @Needs(verb = Verb.GET, resource = "usage", atespaceQuery = "atespace")
    @GET
    @Path("/usage")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getUsage",
            summary = "Adds up what was used, by atespace, template or actor",
            description =
                    "As JSON or, if asked for by Accept or format=csv, as CSV, where a header Link leads to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "A line for each that used something.",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Page.class)),
                @Content(mediaType = CSV, schema = @Schema(implementation = String.class))
            })
    public Uni<RestResponse<Object>> json(@BeanParam UsageParams params, @Context UriInfo uri) {
        return answer(params, params.csv(false), uri);
    }

    @Needs(verb = Verb.GET, resource = "usage", atespaceQuery = "atespace")
    @GET
    @Path("/usage")
    // JSON for whoever doesn't say what he wants
    @Produces(CSV + ";qs=0.5")
    @Operation(hidden = true)
    public Uni<RestResponse<Object>> csv(@BeanParam UsageParams params, @Context UriInfo uri) {
        return answer(params, params.csv(true), uri);
    }

    private Uni<RestResponse<Object>> answer(UsageParams params, boolean csv, UriInfo uri) {
        int size = params.size();
        return usage.read(params.query(clock.instant())).map(answer -> {
            Page page = page(answer, size);
            return csv
                    ? csv(page, uri)
                    : RestResponse.ResponseBuilder.ok((Object) page, MediaType.APPLICATION_JSON_TYPE)
                            .build();
        });
    }

    private static Page page(Usage.Answer answer, int size) {
        var lines = answer.lines();
        var shown = lines.subList(0, Math.min(size, lines.size()));
        String next = lines.size() > size ? Paging.token(shown.getLast().key().toArray(String[]::new)) : null;
        return new Page(shown.stream().map(View::of).toList(), next, answer.meteredTo());
    }

    private static RestResponse<Object> csv(Page page, UriInfo uri) {
        var text = new StringBuilder(TITLES);
        page.items().forEach(line -> text.append(line.csv()));
        var answer = RestResponse.ResponseBuilder.ok((Object) text.toString(), CSV);
        if (page.nextPageToken() != null) {
            var next = uri.getRequestUriBuilder()
                    .replaceQueryParam("pageToken", page.nextPageToken())
                    .build();
            answer.header(HttpHeaders.LINK, "<%s?%s>; rel=\"next\"".formatted(next.getRawPath(), next.getRawQuery()));
        }
        return answer.build();
    }
}
