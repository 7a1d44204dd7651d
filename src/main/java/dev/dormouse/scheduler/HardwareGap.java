package dev.dormouse.scheduler;

import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A memory snapshot and workers that can't go on from it.
 *
 * @param present what they have
 */
record HardwareGap(Need.Memory memory, Set<Hardware> present) {

    /** Enough of a sha256 to find the binary by. */
    private static final int READABLE = 12;

    /** What took the snapshot and what there is instead, for the user. */
    String sentence() {
        if (present.stream().anyMatch(memory::hasBuild)) {
            return "no worker has the CPU that the snapshot was taken on (%s): they have %s"
                    .formatted(memory.cpu(), all(hardware -> Stream.of(hardware.cpu())));
        }
        return "no worker has the sandbox build that took the snapshot (sha256 %s): they have %s"
                .formatted(readable(memory.build()), all(HardwareGap::builds));
    }

    private static Stream<String> builds(Hardware hardware) {
        return hardware.builds().isEmpty()
                ? Stream.of("none, in class " + hardware.sandboxClass())
                : hardware.builds().stream().map(HardwareGap::readable);
    }

    private String all(Function<Hardware, Stream<String>> what) {
        return present.stream().flatMap(what).distinct().sorted().collect(Collectors.joining(", "));
    }

    private static String readable(String sha256) {
        return sha256.substring(0, Math.min(sha256.length(), READABLE));
    }
}
