package dev.dormouse.scheduler;

import java.util.Optional;

/** Which pools may host an actor, and what speaks against the others. */
record PoolRule(Need.Requirements where) {

    /** Why the pool can't host it, for the user; empty when it can. */
    Optional<String> objection(Pool pool) {
        if (where.pool() != null && !where.pool().equals(pool.ref())) {
            return Optional.of("the template names pool " + where.pool());
        }
        if (!where.sandboxClass().equals(pool.sandboxClass())) {
            return Optional.of(
                    "its sandboxClass is %s, the template's %s".formatted(pool.sandboxClass(), where.sandboxClass()));
        }
        Optional<String> template = where.template().mismatch(pool.labels());
        if (template.isPresent()) {
            return Optional.of("its labels don't meet the template's workerSelector: " + template.get());
        }
        return where.actor().entrySet().stream()
                .filter(label -> !label.getValue().equals(pool.labels().get(label.getKey())))
                .findFirst()
                .map(label ->
                        "its labels don't meet the actor's workerSelector: " + label.getKey() + "=" + label.getValue());
    }
}
