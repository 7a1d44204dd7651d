package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.platform.DormouseConfig;
import java.util.Optional;

/** The one worker of an ateom in a Pod: what the Pod's own description says. */
final class PodWorker {

    private PodWorker() {}

    /**
     * Empty where there is no Pod.
     *
     * @throws IllegalStateException when only some of its settings are there
     */
    static Optional<Slot> of(DormouseConfig.Pod pod) {
        if (pod.uid().isEmpty()) {
            return Optional.empty();
        }
        required(pod.ip(), "ip");
        return Optional.of(Slot.newBuilder()
                .setWorkerUid(required(pod.uid(), "uid"))
                .setNamespace(required(pod.namespace(), "namespace"))
                .setPool(required(pod.pool(), "pool"))
                .setPod(required(pod.name(), "name"))
                .build());
    }

    private static String required(Optional<String> value, String name) {
        return value.filter(text -> !text.isBlank())
                .orElseThrow(() -> new IllegalStateException(
                        "set dormouse.ateom.pod.%s too: a Pod's worker needs uid, namespace, name, pool and ip"
                                .formatted(name)));
    }
}
