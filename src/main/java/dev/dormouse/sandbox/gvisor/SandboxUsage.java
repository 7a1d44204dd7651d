package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxRuntime.Usage;
import dev.dormouse.sandbox.host.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Processor time and traffic of one workload, read from files of the kernel. gVisor runs a workload's code in children of the
 * sandbox's process. That process itself uses 4 % of a processor to do nothing, and so says nothing about the workload: it isn't
 * counted.
 */
final class SandboxUsage {

    // USER_HZ is 100 on every architecture that gVisor supports
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int PARENT = 1;
    private static final List<Integer> OWN_TICKS = List.of(11, 12);
    private static final List<Integer> TICKS_OF_ENDED_CHILDREN = List.of(13, 14);

    private final Path proc;
    private final Path pidFile;
    private final SlotAddress address;
    private final long bytesBefore;
    private Usage last = new Usage(Duration.ZERO, 0);

    SandboxUsage(Path proc, Path pidFile, SlotAddress address) {
        this.proc = proc;
        this.pidFile = pidFile;
        this.address = address;
        this.bytesBefore = HostNetwork.bytes(address);
    }

    synchronized Usage read() {
        long bytes = Math.max(0, HostNetwork.bytes(address) - bytesBefore);
        Duration cpu = cpu();
        // a process that ends while we read takes its time with it; used time never shrinks
        last = new Usage(cpu.compareTo(last.cpu()) > 0 ? cpu : last.cpu(), bytes);
        return last;
    }

    /** As it was when it was read last. */
    synchronized Usage last() {
        return last;
    }

    private Duration cpu() {
        try {
            String sandbox = Files.readString(pidFile).strip();
            long ticks = sum(ProcessStat.fields(proc.resolve(sandbox)), TICKS_OF_ENDED_CHILDREN);
            for (Path process : FileTree.list(proc)) {
                if (Character.isDigit(process.getFileName().toString().charAt(0))) {
                    ticks += ticksOfChild(process, sandbox);
                }
            }
            return Duration.ofNanos(ticks * NANOS_PER_TICK);
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }

    private static long ticksOfChild(Path process, String parent) {
        try {
            List<String> fields = ProcessStat.fields(process);
            return fields.get(PARENT).equals(parent) ? sum(fields, OWN_TICKS) + sum(fields, TICKS_OF_ENDED_CHILDREN) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static long sum(List<String> fields, List<Integer> indexes) {
        return indexes.stream().mapToLong(index -> Long.parseLong(fields.get(index))).sum();
    }
}
