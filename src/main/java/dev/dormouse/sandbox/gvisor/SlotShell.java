package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.host.Command;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A shell that holds the namespaces of one slot: network, mounts and processes. It starts everything in the slot (from a small
 * process, in a fraction of a millisecond), reaps what gVisor orphans, and as its PID namespace's init takes all of it along when
 * it ends: when this JVM dies, however it dies, the shell's input ends, and nothing of the slot is left.
 */
final class SlotShell implements AutoCloseable {

    private static final String END_OF_OUTPUT = "\u0001done ";
    private static final String END = "echo '" + END_OF_OUTPUT + "'$?";

    // what a script starts must not read the scripts to come; 3 is for events
    private static final String REDIRECTIONS = "3>&2 2>&1 </dev/null";
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    // one thread for all time limits of all slots
    private static final ScheduledExecutorService LIMITS = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("slot time limits").factory());

    private final Process unshare;
    private final OutputStream input;
    private final InputStream output;
    private final ReentrantLock turn = new ReentrantLock();

    private SlotShell(Process unshare) {
        this.unshare = unshare;
        this.input = unshare.getOutputStream();
        this.output = unshare.getInputStream();
    }

    /** @param events gets each line that scripts write to descriptor 3; must not block */
    static SlotShell start(Consumer<String> events) throws SandboxException {
        try {
            Process process = Command.builder(
                            // signals to the process group (Ctrl-C, the end of a container) end no script half-way
                            "setsid",
                            "unshare",
                            "--net",
                            "--mount",
                            "--propagation",
                            "slave",
                            "--pid",
                            "--fork",
                            "--kill-child",
                            "--mount-proc",
                            "sh")
                    .directory(Path.of("/").toFile())
                    .start();
            SlotShell shell = new SlotShell(process);
            Thread.ofPlatform().daemon().name("slot events " + process.pid()).start(() -> shell.readEvents(events));
            return shell;
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, "can't start a slot: " + e.getMessage(), e);
        }
    }

    /**
     * Runs a script in the slot, alone; orphans that end meanwhile are reaped.
     *
     * @return its exit code, stdout and stderr
     * @throws SandboxException FAILED when the shell is gone, or the script exceeds its limit; the slot's processes are dead then
     */
    Result run(String script, Duration limit) throws SandboxException {
        return inTurn(foreground(script), limit);
    }

    /** Like {@link #run}, but orphans that end stay as zombies, so that the exit code of a sandbox isn't lost. */
    Result runKeepingDead(String script, Duration limit) throws SandboxException {
        return inTurn("( (\n%s\n) %s; %s ) &\n".formatted(script, REDIRECTIONS, END), limit);
    }

    private static String foreground(String script) {
        return "(\n%s\n) %s; %s\n".formatted(script, REDIRECTIONS, END);
    }

    private Result inTurn(String line, Duration limit) throws SandboxException {
        turn.lock();
        try {
            return exchange(line, limit);
        } finally {
            turn.unlock();
        }
    }

    /** Like {@link #run}, but ends the shell, and all in it, if another script goes on for longer than {@code patience}. */
    Result runSoon(String script, Duration patience, Duration limit) throws SandboxException {
        try {
            if (!turn.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                close();
                throw new SandboxException(Kind.FAILED, "the slot was busy and has been ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(Kind.FAILED, "interrupted", e);
        }
        try {
            return exchange(foreground(script), limit);
        } finally {
            turn.unlock();
        }
    }

    private Result exchange(String line, Duration limit) throws SandboxException {
        ScheduledFuture<?> end = LIMITS.schedule(this::kill, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            input.write(line.getBytes(StandardCharsets.UTF_8));
            input.flush();
            return readResult();
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, end.isDone() ? "no answer within " + limit : "the slot ended", e);
        } finally {
            end.cancel(false);
        }
    }

    private Result readResult() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int octet = output.read(); octet >= 0; octet = output.read()) {
            text.write(octet);
            if (octet == '\n') {
                String soFar = text.toString(StandardCharsets.UTF_8);
                int end = soFar.lastIndexOf(END_OF_OUTPUT);
                if (end >= 0) {
                    int code = Integer.parseInt(
                            soFar.substring(end + END_OF_OUTPUT.length()).strip());
                    return new Result(code, soFar.substring(0, end));
                }
            }
        }
        throw new IOException("end of output");
    }

    private void readEvents(Consumer<String> events) {
        try (BufferedReader lines = unshare.errorReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(events);
        } catch (IOException | java.io.UncheckedIOException e) {
            // the shell ended: so do its events
        }
    }

    /** Host's id of a process in the slot's namespaces. */
    long pid() {
        return unshare.pid();
    }

    ProcessHandle process() {
        return unshare.toHandle();
    }

    boolean isAlive() {
        return unshare.isAlive();
    }

    /** The slot's own /proc: it shows the processes of the slot, init (the shell) is 1. */
    Path proc() {
        return Path.of("/proc", Long.toString(pid()), "root", "proc");
    }

    /** Ends the shell and everything in its namespaces, and waits until the kernel is done with it. */
    @Override
    public void close() {
        kill();
        try {
            unshare.waitFor(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it without waiting: a script under way fails. */
    void kill() {
        // unshare waits for its child, and the kernel lets init end last: once unshare is gone, all are
        List<ProcessHandle> init = unshare.children().toList();
        init.forEach(ProcessHandle::destroyForcibly);
        if (init.isEmpty()) {
            unshare.destroyForcibly();
        }
    }

    record Result(int code, String output) {}
}
