package dev.dormouse.scheduler;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a worker's node can run. Workers with equal hardware are interchangeable for memory snapshots.
 *
 * @param sandboxClass what really isolates there; {@code process} where gvisor can't run
 * @param builds sha256 of the sandbox binaries at hand
 * @param cpu {@code <arch>/<digest of features>}
 */
public record Hardware(String sandboxClass, Set<String> builds, String cpu) {
    /** Of a worker that has not reported yet. */
    public static final Hardware UNKNOWN = new Hardware("", Set.of(), "");

    public Hardware {
        builds = Set.copyOf(builds);
    }

    // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Hardware hardware
                        && cpu.equals(hardware.cpu)
                        && sandboxClass.equals(hardware.sandboxClass)
                        && builds.equals(hardware.builds);
    }
}
