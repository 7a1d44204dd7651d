package dev.dormouse.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Events of Kubernetes about our objects, for {@code kubectl describe}. They are written beside the work and never hold it up. */
final class ObjectEvents {

    private static final Logger LOG = Logger.getLogger(ObjectEvents.class);
    private static final String COMPONENT = "dormouse";
    private static final int NAME_LENGTH = 253;
    private static final int MESSAGE_LENGTH = 1024;
    /** What isn't true yet for these reasons is under way, and no fault. */
    private static final Set<String> PROGRESS = Set.of("Booting", "WaitingForSnapshot", "WorkersStarting");

    private final KubernetesClient client;
    private final InstantSource clock;

    ObjectEvents(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** An event for each condition that became another, and for each fault that is described anew. */
    void changed(HasMetadata object, @Nullable List<Condition> before, @Nullable List<Condition> now) {
        for (Condition condition : now == null ? List.<Condition>of() : now) {
            boolean fault = condition.getStatus().equals("False") && !PROGRESS.contains(condition.getReason());
            boolean told = (before == null ? List.<Condition>of() : before)
                    .stream()
                            .anyMatch(old -> old.getType().equals(condition.getType())
                                    && old.getStatus().equals(condition.getStatus())
                                    && old.getReason().equals(condition.getReason())
                                    && (!fault || Objects.equals(old.getMessage(), condition.getMessage())));
            if (!told) {
                tell(object, fault, condition.getReason(), condition.getMessage());
            }
        }
    }

    /** @param fault whether somebody has to do something about it */
    void tell(HasMetadata object, boolean fault, String reason, String message) {
        Event event = event(object, fault ? "Warning" : "Normal", reason, message);
        Infrastructure.getDefaultWorkerPool().execute(() -> write(event));
    }

    private void write(Event event) {
        try {
            create(event);
        } catch (KubernetesClientException e) {
            LOG.debugf("event %s is not written: %s", event.getReason(), e.getMessage());
        }
    }

    private void create(Event event) {
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            client.resource(event)
                    .edit(told -> new EventBuilder(told)
                            .withCount(told.getCount() == null ? 2 : told.getCount() + 1)
                            .withLastTimestamp(event.getLastTimestamp())
                            .build());
        }
    }

    private Event event(HasMetadata object, String type, String reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String namespace = object.getMetadata().getNamespace();
        String told = message.length() > MESSAGE_LENGTH ? message.substring(0, MESSAGE_LENGTH - 1) + "…" : message;
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace == null ? "default" : namespace)
                .withName(name(object, reason, told))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withNamespace(namespace)
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withType(type)
                .withReason(reason)
                .withMessage(told)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .build();
    }

    /** The same for the same: one that is told again is counted. */
    private static String name(HasMetadata object, String reason, String message) {
        String uid = object.getMetadata().getUid();
        UUID hash = UUID.nameUUIDFromBytes((uid + reason + message).getBytes(UTF_8));
        String suffix = "." + hash.toString().replace("-", "");
        String name = object.getMetadata().getName();
        return name.substring(0, Math.min(name.length(), NAME_LENGTH - suffix.length())) + suffix;
    }
}
