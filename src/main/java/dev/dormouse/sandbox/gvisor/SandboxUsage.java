package dev.dormouse.sandbox.gvisor;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxRuntime.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Processor time and traffic of one workload, read from files of the kernel. gVisor runs a workload's code in descendants of the
 * sandbox's process. That process itself uses 4 % of a processor to do nothing, and so says nothing about the workload: it isn't
 * counted.
 */
final class SandboxUsage {

    // USER_HZ is 100 on every architecture that gVisor supports
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int PARENT = 1;
    private static final List<Integer> TICKS = List.of(11, 12, 13, 14);
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
            Map<String, List<String>> processes = new HashMap<>();
            for (Path process : FileTree.list(proc)) {
                String name = process.getFileName().toString();
                if (Character.isDigit(name.charAt(0))) {
                    ProcessStat.tryFields(process).ifPresent(fields -> processes.put(name, fields));
                }
            }
            List<String> own = processes.getOrDefault(sandbox, List.of());
            long ticks = own.isEmpty() ? 0 : sum(own, TICKS_OF_ENDED_CHILDREN);
            for (String process : processes.keySet()) {
                if (!process.equals(sandbox) && descends(process, sandbox, processes)) {
                    ticks += sum(processes.get(process), TICKS);
                }
            }
            return Duration.ofNanos(ticks * NANOS_PER_TICK);
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }

    private static boolean descends(String process, String ancestor, Map<String, List<String>> processes) {
        String current = process;
        while (!current.equals(ancestor) && processes.containsKey(current)) {
            current = processes.get(current).get(PARENT);
        }
        return current.equals(ancestor);
    }

    private static long sum(List<String> fields, List<Integer> indexes) {
        return indexes.stream()
                .mapToLong(index -> Long.parseLong(fields.get(index)))
                .sum();
    }
}
