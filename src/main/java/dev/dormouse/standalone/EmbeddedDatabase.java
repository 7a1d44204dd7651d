package dev.dormouse.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of a standalone server: started from the packaged binaries, kept in one directory, reached on loopback with a
 * password that only this user can read. It outlives a killed server, and the next one takes it over; when PostgreSQL itself is
 * killed it is started again on the same port. Blocks: starting takes about a second, the first time about four.
 */
public final class EmbeddedDatabase {

    private static final Logger LOG = Logger.getLogger(EmbeddedDatabase.class.getName());
    /** Says at length what is said here in a line. A field, because the logging system keeps loggers only while somebody does. */
    private static final Logger LIBRARY = Logger.getLogger("io.zonky.test");

    private static final String USER = "postgres";
    private static final Duration STARTUP = Duration.ofSeconds(10);
    /** Recovery after a kill reads all that was written since the last checkpoint. */
    private static final Duration READY = Duration.ofMinutes(5);

    private static final Duration ENDING = Duration.ofSeconds(30);
    private static final int RESTART_ATTEMPTS = 40;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);
    private static final int POSTMASTER_PID_PORT_LINE = 3;
    private static final String HBA = "host all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n";

    private static volatile @Nullable EmbeddedDatabase opened;

    private final Path data;
    private final Path work;
    private final Path log;
    private final Path passwordFile;
    private final boolean durable;
    private final String password;
    private volatile int port;
    private volatile boolean stopping;
    private @Nullable EmbeddedPostgres started;

    private EmbeddedDatabase(Path directory, boolean durable) throws IOException {
        this.data = directory.resolve("data");
        this.work = directory.resolve("work");
        this.log = directory.resolve("postgres.log");
        this.passwordFile = directory.resolve("password");
        this.durable = durable;
        Files.createDirectories(directory);
        this.password = password();
        Optional<Running> running = running();
        this.port = running.isPresent() ? running.get().port() : freePort();
        supervise(running.isPresent() ? running.get().process() : startOrTakeOver());
        awaitReady();
    }

    /**
     * Starts the database in {@code directory}, or takes over the one that runs there.
     *
     * @throws UncheckedIOException with a sentence for the user when it can't start
     */
    public static EmbeddedDatabase open(Path directory) {
        EmbeddedDatabase database = open(directory, true);
        opened = database;
        return database;
    }

    /** The one that {@code main} opened before the application came up. */
    static Optional<EmbeddedDatabase> opened() {
        return Optional.ofNullable(opened);
    }

    /** As {@link #open(Path)}, without waiting for the disk: for tests, which lose nothing when the machine dies. */
    static EmbeddedDatabase openVolatile(Path directory) {
        return open(directory, false);
    }

    private static EmbeddedDatabase open(Path directory, boolean durable) {
        try {
            return new EmbeddedDatabase(directory, durable);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the embedded PostgreSQL in %s does not start: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /** The settings that make Quarkus use this database. They hold the password. */
    public Map<String, String> settings() {
        String address = "localhost:" + port + "/postgres";
        return Map.of(
                "quarkus.datasource.reactive.url",
                "postgresql://" + address,
                "quarkus.datasource.jdbc.url",
                "jdbc:postgresql://" + address,
                "quarkus.datasource.username",
                USER,
                "quarkus.datasource.password",
                password);
    }

    /** Process id of the postmaster, if it runs: for the chaos test. */
    public Optional<Long> pid() {
        return running().map(r -> r.process().pid());
    }

    /** Leaves it running, for the next {@link #open(Path)}. */
    public void release() {
        stopping = true;
    }

    /** Lets PostgreSQL end once its clients are gone; returns at once. */
    public void stop() {
        stopping = true;
        running().ifPresent(r -> r.process().destroy());
    }

    /** A server that was killed while it restarted PostgreSQL may have left that start under way: then there is one to take over. */
    private ProcessHandle startOrTakeOver() throws IOException {
        try {
            return start();
        } catch (IOException e) {
            Running other = running().orElseThrow(() -> e);
            port = other.port();
            return other.process();
        }
    }

    /** One that was taken over may still be recovering from a kill. */
    private void awaitReady() throws IOException {
        Instant limit = Instant.now().plus(READY);
        while (true) {
            try (Connection connection =
                    DriverManager.getConnection(settings().get("quarkus.datasource.jdbc.url"), USER, password)) {
                return;
            } catch (SQLException e) {
                if (Instant.now().isAfter(limit)) {
                    throw new IOException(e.getMessage() + "; its log is " + log, e);
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    private ProcessHandle start() throws IOException {
        LIBRARY.setLevel(Level.OFF);
        boolean secured = Files.exists(securedMarker());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data)
                .setOverrideWorkingDirectory(work.toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(STARTUP)
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setConnectConfig("password", password)
                .setServerConfig("listen_addresses", "localhost")
                .setServerConfig("max_connections", "100")
                .setServerConfig("shared_buffers", "128MB")
                .setServerConfig("max_wal_size", "1GB")
                // dead rows go soon
                .setServerConfig("autovacuum_naptime", "5s")
                // statistics change no plan of ours (DatabasePool), and taking them all the time took a tenth of the
                // database's time
                .setServerConfig("autovacuum_analyze_threshold", "1000000")
                .setServerConfig("jit", "off");
        // the library switches fsync off by default, which would make every durable transition a lie
        String wait = durable ? "on" : "off";
        builder.setServerConfig("fsync", wait).setServerConfig("synchronous_commit", wait);
        removeLockOfTheDead();
        try {
            started = builder.start();
            if (!secured) {
                secure(started);
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
        return running()
                .map(Running::process)
                .orElseThrow(() -> new IOException("it ended right after its start; its log is " + log));
    }

    /**
     * PostgreSQL takes its number in the lock file for a running server as long as any process has it: one that is dead but not yet
     * buried, or another program after a restart of the machine. The file goes once nothing runs from our binaries.
     */
    private void removeLockOfTheDead() throws IOException {
        Instant limit = Instant.now().plus(ENDING);
        while (Files.exists(lockFile()) && runsFromOurBinaries()) {
            if (running().isPresent()) {
                throw new IOException("it runs already");
            }
            if (Instant.now().isAfter(limit)) {
                throw new IOException("processes of the one before do not end");
            }
            LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
        }
        Files.deleteIfExists(lockFile());
    }

    private boolean runsFromOurBinaries() throws IOException {
        Path binaries = Files.exists(work) ? work.toRealPath() : work;
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().command().stream())
                .anyMatch(command -> Path.of(command).startsWith(binaries));
    }

    private Path lockFile() {
        return data.resolve("postmaster.pid");
    }

    /** initdb trusts everybody on this machine; from the first start on a password is asked for. */
    private void secure(EmbeddedPostgres postgres) throws IOException, SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter user " + USER + " password '" + password + "'");
            Files.writeString(data.resolve("pg_hba.conf"), HBA);
            statement.execute("select pg_reload_conf()");
        }
        Files.writeString(securedMarker(), "");
    }

    private Path securedMarker() {
        return data.resolveSibling("secured");
    }

    private void supervise(ProcessHandle postmaster) {
        postmaster.onExit().thenRun(() -> {
            if (!stopping) {
                LOG.warning("PostgreSQL ended unexpectedly and is started again");
                Thread.ofVirtual().name("postgres-restart").start(this::restart);
            }
        });
    }

    private void restart() {
        for (int attempt = 1; attempt <= RESTART_ATTEMPTS && !stopping; attempt++) {
            try {
                forget();
                supervise(startOrTakeOver());
                return;
            } catch (IOException | RuntimeException e) {
                // backends of the killed postmaster may still hold its shared memory for a moment
                LOG.log(Level.FINE, "PostgreSQL did not start, attempt " + attempt, e);
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
        LOG.severe("PostgreSQL can't be started again: see its log " + log + ", then restart the server");
    }

    /** The library locks the directory until the dead instance is closed. */
    private void forget() throws IOException {
        EmbeddedPostgres dead = started;
        started = null;
        if (dead != null) {
            dead.close();
        }
    }

    private record Running(ProcessHandle process, int port) {}

    private Optional<Running> running() {
        try {
            List<String> lines = Files.readAllLines(lockFile());
            long pid = Long.parseLong(lines.getFirst().trim());
            int listens = Integer.parseInt(lines.get(POSTMASTER_PID_PORT_LINE).trim());
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(p ->
                            p.info().command().map(c -> c.endsWith("postgres")).orElse(false))
                    .map(p -> new Running(p, listens));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private String password() throws IOException {
        if (Files.exists(passwordFile)) {
            return Files.readString(passwordFile).trim();
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String created = HexFormat.of().formatHex(random);
        Path temporary = passwordFile.resolveSibling("password.new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, created);
        Files.move(temporary, passwordFile);
        return created;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
