package dev.dormouse.sandbox.process;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.host.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process and all that descends from it. */
record ProcessTree(Process root) {

    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);

    void stop() throws SandboxException {
        Set<Long> stopped = new HashSet<>();
        List<Long> running = pids();
        // until no process is new: one may fork while we stop the others
        while (!running.isEmpty()) {
            signal("STOP", running);
            stopped.addAll(running);
            running = pids().stream().filter(pid -> !stopped.contains(pid)).toList();
        }
    }

    void goOn() throws SandboxException {
        List<Long> pids = pids();
        if (!pids.isEmpty()) {
            signal("CONT", pids);
        }
    }

    /** Kills them all and waits for the end of the root. */
    void kill() {
        try {
            do {
                handles().forEach(ProcessHandle::destroyForcibly);
            } while (!root.waitFor(10, TimeUnit.MILLISECONDS)
                    || root.descendants().findAny().isPresent());
        } catch (InterruptedException e) {
            handles().forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    Duration cpu() {
        return handles()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private List<Long> pids() {
        return handles().map(ProcessHandle::pid).toList();
    }

    private Stream<ProcessHandle> handles() {
        // children first: they can't be found once their parent is gone
        return Stream.concat(root.descendants(), Stream.of(root.toHandle()).filter(ProcessHandle::isAlive));
    }

    private static void signal(String name, List<Long> pids) throws SandboxException {
        // a process that has ended meanwhile is no error
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -" + name + " \"$@\" 2>/dev/null; :", "sh"));
        pids.forEach(pid -> command.add(Long.toString(pid)));
        Command.run(SIGNAL_LIMIT, "", command.toArray(String[]::new));
    }
}
