package dev.dormouse.standalone;

import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.worker.Worker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Which slots a pool is to have: {@code <pool>-0} and so on; when it shrinks, those that drain already go first, then free ones. */
final class PoolSlots {

    private PoolSlots() {}

    /**
     * @param present the pool's workers
     * @param sandboxClass empty: whatever the ateom offers
     */
    static List<Slot> wanted(PoolRef pool, int replicas, String sandboxClass, List<Worker> present) {
        List<Integer> kept = present.stream()
                .filter(worker -> index(pool, worker.pod()) >= 0)
                // or one whose actor is just being put to sleep would be kept instead of one that became free meanwhile
                .sorted(Comparator.comparing((Worker worker) -> worker.state() == Candidate.State.DRAINING)
                        .thenComparing(worker -> worker.stay() == null)
                        .thenComparing(worker -> index(pool, worker.pod())))
                .limit(replicas)
                .map(worker -> index(pool, worker.pod()))
                .toList();
        Set<Integer> indices = new HashSet<>(kept);
        for (int next = 0; indices.size() < replicas; next++) {
            indices.add(next);
        }
        List<Slot> slots = new ArrayList<>();
        indices.stream().sorted().forEach(index -> slots.add(slot(pool, index, sandboxClass)));
        return slots;
    }

    private static Slot slot(PoolRef pool, int index, String sandboxClass) {
        String pod = pool.name() + "-" + index;
        return Slot.newBuilder()
                .setWorkerUid(uid(pool.namespace(), pod).toString())
                .setNamespace(pool.namespace())
                .setPool(pool.name())
                .setPod(pod)
                .setSandboxClass(sandboxClass)
                .build();
    }

    /** The same worker has the same uid after every restart. */
    static UUID uid(String namespace, String pod) {
        return UUID.nameUUIDFromBytes((namespace + "/" + pod).getBytes(StandardCharsets.UTF_8));
    }

    /** -1 when it isn't a name that we give. */
    private static int index(PoolRef pool, String pod) {
        String prefix = pool.name() + "-";
        if (!pod.startsWith(prefix)) {
            return -1;
        }
        try {
            return Integer.parseInt(pod.substring(prefix.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
