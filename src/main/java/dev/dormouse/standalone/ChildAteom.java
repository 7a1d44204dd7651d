package dev.dormouse.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ateom process of a standalone server. It outlives a killed server, so that actors run on; the next server finds it by a note in
 * the data directory and takes it over. One that dies is started again.
 */
final class ChildAteom {

    private static final Logger LOG = Logger.getLogger(ChildAteom.class.getName());
    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(15);

    /** What the next server must know. A process id alone may be another process's by then. */
    @RegisterForReflection
    record Note(long pid, @Nullable Instant startedAt) {}

    private final Path directory;
    private final String controlPlane;
    private final List<String> arguments;
    private final Map<String, String> settings;
    private final ObjectMapper json;
    private volatile boolean stopping;
    private volatile @Nullable ProcessHandle process;

    /**
     * @param directory holds the note, the log and the child's own data
     * @param controlPlane host:port that it reports to
     * @param arguments more options of {@code dormouse ateom}
     * @param settings that it must share with the server
     */
    ChildAteom(
            Path directory,
            String controlPlane,
            List<String> arguments,
            Map<String, String> settings,
            ObjectMapper json) {
        this.directory = directory;
        this.controlPlane = controlPlane;
        this.arguments = List.copyOf(arguments);
        this.settings = Map.copyOf(settings);
        this.json = json;
    }

    /** Takes over the one that runs, or starts one. Blocks for as long as a process takes to start. */
    void start() throws IOException {
        Files.createDirectories(directory);
        Optional<ProcessHandle> left = running();
        supervise(left.isPresent() ? left.get() : spawn());
    }

    /** Ends it and waits until it is gone, up to 15 s; then it is killed. Blocks. */
    void stop() {
        stopping = true;
        ProcessHandle child = process;
        if (child == null || !child.isAlive()) {
            return;
        }
        child.destroy();
        try {
            child.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warning("ateom did not end in " + GRACE.toSeconds() + " s and is killed");
            child.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void supervise(ProcessHandle child) {
        process = child;
        child.onExit().thenRun(() -> {
            if (!stopping) {
                LOG.warning("ateom ended unexpectedly and is started again; its log is " + log());
                Thread.ofVirtual().name("ateom-restart").start(this::restart);
            }
        });
    }

    private void restart() {
        while (!stopping) {
            // one that can't start must not keep a core busy by trying
            LockSupport.parkNanos(BETWEEN_STARTS.toNanos());
            try {
                supervise(spawn());
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "ateom does not start, trying again", e);
            }
        }
    }

    private ProcessHandle spawn() throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(ownCommand());
        command.addAll(List.of("ateom", "--port", String.valueOf(port), "--control-plane", controlPlane));
        command.addAll(List.of("--data-dir", directory.toString()));
        command.addAll(arguments);
        ProcessHandle child = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start()
                .toHandle();
        write(new Note(child.pid(), child.info().startInstant().orElse(null)));
        return child;
    }

    /** This very program: the native executable, or this JVM on the same jar with a small heap. */
    private List<String> ownCommand() {
        String executable = ProcessHandle.current().info().command().orElseThrow();
        List<String> command = new ArrayList<>(List.of(executable));
        boolean jvm = executable.endsWith("/java");
        if (jvm) {
            command.addAll(List.of("-XX:+UseSerialGC", "-Xmx192m", "-XX:TieredStopAtLevel=1"));
        }
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        // several may run on one machine
        command.add("-Dquarkus.management.port=0");
        // what makes the server speak TLS may be in the environment, and its port is taken
        command.add("-Dquarkus.http.insecure-requests=enabled");
        command.add("-Dquarkus.http.ssl-port=0");
        if (jvm) {
            command.addAll(List.of("-jar", System.getProperty("java.class.path")));
        }
        return command;
    }

    private Optional<ProcessHandle> running() {
        try {
            Note note = json.readValue(Files.readAllBytes(note()), Note.class);
            return ProcessHandle.of(note.pid())
                    .filter(ProcessHandle::isAlive)
                    .filter(p -> p.info().startInstant().equals(Optional.ofNullable(note.startedAt())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void write(Note note) throws IOException {
        Path temporary = directory.resolve("process.json.new");
        Files.write(temporary, json.writeValueAsBytes(note));
        Files.move(temporary, note(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path note() {
        return directory.resolve("process.json");
    }

    private Path log() {
        return directory.resolve("ateom.log");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
