package dev.dormouse.watch;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.dormouse.actor.Actor;
import dev.dormouse.worker.Worker;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A worker as the API shows it. */
@Schema(name = "Worker")
@JsonPropertyOrder({"namespace", "pool", "pod", "uid", "node", "ip", "sandboxClass", "state", "actor"})
public record WorkerView(
        String namespace,
        String pool,
        String pod,
        UUID uid,
        String node,
        String ip,

        @Schema(
                description = "What really isolates there, whatever its pool asks for; null until it has reported.",
                examples = "gvisor")
        @Nullable
        String sandboxClass,

        @Schema(enumeration = {"FREE", "ASSIGNED", "DRAINING", "LOST"})
        String state,

        @Schema(description = "Who runs there; null when nobody does.") @Nullable
        Assigned actor) {

    /**
     * @param template null when the actor is gone while its worker is still being cleaned
     * @param idleSince null while it is busy
     */
    @Schema(name = "AssignedActor")
    public record Assigned(
            String atespace,
            String id,
            @Nullable Template template,
            @Nullable Instant idleSince) {}

    @Schema(name = "AssignedTemplate")
    public record Template(String namespace, String name) {}

    static WorkerView of(Worker worker, Optional<Actor> actor) {
        var stay = worker.stay();
        var assigned = stay == null
                ? null
                : new Assigned(
                        stay.actor().atespace().value(),
                        stay.actor().id().value(),
                        actor.map(found -> new Template(
                                        found.template().namespace(),
                                        found.template().name()))
                                .orElse(null),
                        worker.idleSince());
        return new WorkerView(
                worker.pool().namespace(),
                worker.pool().name(),
                worker.pod(),
                worker.uid(),
                worker.node(),
                worker.ip(),
                worker.hardware().sandboxClass().isEmpty()
                        ? null
                        : worker.hardware().sandboxClass(),
                worker.state().name(),
                assigned);
    }
}
