package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an actor asks of a worker.
 *
 * @param where conditions that never yield
 * @param digest of the template with its golden snapshot; a sandbox prepared for it is preferred
 * @param near snapshots it would start from: a node that holds one is preferred
 * @param home the node that alone holds its newest state: preferred before all; null when it has none
 */
public record Need(
        Requirements where,
        String digest,
        List<UUID> near,
        @Nullable String home) {

    public Need {
        near = List.copyOf(near);
    }

    /**
     * @param sandboxClass that the pool must have
     * @param exactClass nothing stands in for that class, as the process sandbox does where gvisor can't run
     * @param template what the template asks of a pool's labels
     * @param actor what the actor asks of a pool's labels
     * @param pool the only pool allowed; null for any
     * @param memory what the memory snapshot asks of the hardware; null when it starts without one
     */
    public record Requirements(
            String sandboxClass,
            boolean exactClass,
            LabelQuery template,
            Map<String, String> actor,
            @Nullable PoolRef pool,
            @Nullable Memory memory) {

        public Requirements {
            actor = Map.copyOf(actor);
        }

        // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Requirements where
                            && sandboxClass.equals(where.sandboxClass)
                            && exactClass == where.exactClass
                            && template.equals(where.template)
                            && actor.equals(where.actor)
                            && Objects.equals(pool, where.pool)
                            && Objects.equals(memory, where.memory);
        }

        boolean admits(Pool candidate) {
            return new PoolRule(this).objection(candidate).isEmpty();
        }

        boolean runsOn(Hardware hardware) {
            return hasClass(hardware) && (memory == null || memory.runsOn(hardware));
        }

        boolean hasClass(Hardware hardware) {
            return !exactClass || sandboxClass.equals(hardware.sandboxClass());
        }
    }

    /**
     * @param build sha256 of the sandbox binary that took it; empty when the template brings that binary along
     * @param cpu as in {@link Hardware}; empty for any
     */
    public record Memory(String build, String cpu) {
        // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Memory memory && build.equals(memory.build) && cpu.equals(memory.cpu);
        }

        boolean runsOn(Hardware hardware) {
            return hasBuild(hardware) && hasCpu(hardware);
        }

        boolean hasBuild(Hardware hardware) {
            return build.isEmpty() || hardware.builds().contains(build);
        }

        boolean hasCpu(Hardware hardware) {
            return cpu.isEmpty() || cpu.equals(hardware.cpu());
        }
    }
}
