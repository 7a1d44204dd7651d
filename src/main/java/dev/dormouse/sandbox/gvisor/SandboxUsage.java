package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxRuntime.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Processor time and traffic of one sandbox, read from files of the kernel. */
final class SandboxUsage {

    // USER_HZ is 100 on every architecture that gVisor supports
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final List<Integer> TICK_FIELDS = List.of(11, 12, 13, 14);

    private final Path proc;
    private final SlotAddress address;
    private final long bytesBefore;
    private final AtomicLong mostTicks = new AtomicLong();

    SandboxUsage(Path proc, SlotAddress address) {
        this.proc = proc;
        this.address = address;
        this.bytesBefore = HostNetwork.bytes(address);
    }

    Usage read() {
        long ticks = 0;
        try (Stream<Path> files = Files.list(proc)) {
            for (Path process : (Iterable<Path>) files.filter(SandboxUsage::isOfSandbox)::iterator) {
                ticks += ticks(process);
            }
        } catch (IOException e) {
            // the slot is gone: what was read before stands
        }
        // a process that ended while we read takes its time with it; used time never shrinks
        long most = mostTicks.accumulateAndGet(ticks, Math::max);
        long bytes = Math.max(0, HostNetwork.bytes(address) - bytesBefore);
        return new Usage(Duration.ofNanos(most * NANOS_PER_TICK), bytes);
    }

    private static boolean isOfSandbox(Path entry) {
        String name = entry.getFileName().toString();
        return Character.isDigit(name.charAt(0)) && !name.equals("1");
    }

    private static long ticks(Path process) {
        try {
            List<String> fields = ProcessStat.fields(process);
            return TICK_FIELDS.stream()
                    .mapToLong(index -> Long.parseLong(fields.get(index)))
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
