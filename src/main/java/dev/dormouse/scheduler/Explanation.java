package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import java.util.List;

/**
 * Why an actor is placed where it is, or nowhere: for every pool and worker whether it is a candidate and why.
 *
 * @param summary one sentence for the user
 * @param pools every pool, by name
 * @param workers every worker, candidates first and best first
 */
public record Explanation(String summary, List<PoolFit> pools, List<WorkerFit> workers) {

    public Explanation {
        pools = List.copyOf(pools);
        workers = List.copyOf(workers);
    }

    /** @param reason what fits or what doesn't, for the user */
    public record PoolFit(PoolRef pool, boolean fits, String reason) {}

    /**
     * @param candidate true when it could take the actor now
     * @param reason why it would be preferred, or what keeps it from taking the actor
     */
    public record WorkerFit(PoolRef pool, String pod, String node, boolean candidate, String reason) {}
}
