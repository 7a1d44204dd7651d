package dev.dormouse.actor;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.Labels;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.QueryParam;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** What a list of actors may be asked for. Strings, so that a bad value is a 400 of ours and not a 404 of the framework's. */
@RegisterForReflection
final class ActorListParams {

    private static final int MOST_LABELS = 10;

    @QueryParam("status")
    @Parameter(description = "Only actors in this status.", example = "STATUS_RUNNING")
    @Nullable
    String status;

    @QueryParam("template")
    @Parameter(description = "Only actors of this template, as namespace/name.", example = "demo/counter")
    @Nullable
    String template;

    @QueryParam("label")
    @Parameter(
            description = "Only actors with this label, as key=value; several must all match.",
            example = "team=blue")
    @Nullable
    List<String> label;

    @QueryParam("pageSize")
    @Parameter(description = "How many at most, 0 to 1000; 0 means 1000.", example = "100")
    @Nullable
    String pageSize;

    @QueryParam("pageToken")
    @Parameter(description = "nextPageToken of the page before.")
    @Nullable
    String pageToken;

    ActorStore.Query query(@Nullable AtespaceName atespace) {
        return new ActorStore.Query(
                atespace, status(), templateRef(), labels(), PageToken.after(pageToken), Paging.size(pageSize));
    }

    private @Nullable ActorStatus status() {
        if (status == null || status.isEmpty()) {
            return null;
        }
        return ActorStatus.parse(status)
                .orElseThrow(() -> invalid("status must be one of "
                        + Arrays.stream(ActorStatus.values())
                                .map(ActorStatus::wireName)
                                .collect(Collectors.joining(", "))));
    }

    private @Nullable TemplateRef templateRef() {
        if (template == null || template.isEmpty()) {
            return null;
        }
        int slash = template.indexOf('/');
        if (slash < 0) {
            throw invalid("template must be namespace/name");
        }
        return new TemplateRef(template.substring(0, slash), template.substring(slash + 1));
    }

    private Map<String, String> labels() {
        var labels = new HashMap<String, String>();
        for (String pair : Optional.ofNullable(label).orElse(List.of())) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw invalid("label must be key=value");
            }
            labels.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return Labels.checked("label", labels, MOST_LABELS);
    }

    private static Failure invalid(String detail) {
        return new Failure(Code.INVALID_ARGUMENT, detail);
    }
}
