package dev.dormouse.bench;

import dev.dormouse.bench.ApiLoad.Outcome;
import dev.dormouse.blackbox.Program;
import dev.dormouse.blackbox.ServerProcess;
import dev.dormouse.standalone.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The native executable beside the jar: what it takes to start and to be there, and what it does under load, with an external database. */
final class ExecutableSection implements Bench.Section {

    private static final List<Path> PROGRAMS =
            List.of(Path.of("target/quarkus-app/quarkus-run.jar"), Path.of("target/dormouse"));
    private static final int STARTS = 5;
    private static final int CLI_STARTS = 20;
    private static final int CYCLES_FOR_5000_REQUESTS = 2_500;
    private static final int WORKERS = 256;
    private static final int CALLERS = 64;
    private static final int WARM_UP_SECONDS = 40;
    private static final int SECONDS = Integer.getInteger("bench.seconds", 10);
    private static final int GVISOR_WORKERS = 3;
    private static final int WAKES = 100;
    private static final double BYTES_PER_MB = 1024 * 1024;

    @Override
    public void run(Report report) throws Exception {
        List<List<String>> rest = new ArrayList<>();
        List<List<String>> load = new ArrayList<>();
        List<List<String>> commands = new ArrayList<>();
        EmbeddedDatabase database = EmbeddedDatabase.open(
                Files.createTempDirectory("dormouse-bench").resolve("postgres"));
        try {
            for (Path file : PROGRAMS.stream().filter(Files::exists).toList()) {
                Program program = Program.at(file);
                Map<String, String> settings = emptyDatabase(database, program.isNative() ? "of_native" : "of_jar");
                double ready = start(program, settings);
                try (ControlPlane plane = ControlPlane.start(program, settings, WORKERS)) {
                    double atRest = plane.rss();
                    requests(plane);
                    rest.add(List.of(
                            name(program),
                            Report.number(size(file)),
                            Report.number(ready),
                            Report.number(atRest),
                            Report.number(plane.rss()),
                            Report.number(ateom(program))));
                    commands.add(List.of(
                            name(program), cli(program, plane, "--help"), cli(program, plane, "get", "workers")));
                    load.add(load(program, plane));
                }
            }
        } finally {
            database.stop();
        }
        report.add(
                "Start and memory, native beside JVM",
                List.of("program", "size MB", "ready ms", "at rest MB", "after 5,000 requests MB", "ateom MB"),
                rest,
                "Ready: median of %d starts, external database. Ateom: after %d wakes. Targets for the executable: size ≤ 150, ready ≤ 500, at rest ≤ 120, ateom ≤ 60."
                        .formatted(STARTS, WAKES));
        report.add(
                "Resume in cycles at %d callers, native beside JVM".formatted(CALLERS),
                Stream.concat(
                                Stream.of("program"),
                                ControlPlaneSection.COLUMNS.stream().skip(1))
                        .toList(),
                load,
                "After a warm-up of %d s. Target: ≥ 0.7 of the JVM's.".formatted(WARM_UP_SECONDS));
        report.add(
                "Commands, native beside JVM (ms, median of %d)".formatted(CLI_STARTS),
                List.of("program", "kubectl-ate --help", "kubectl-ate get workers"),
                commands,
                "Target for the executable: ≤ 50.");
    }

    private static String name(Program program) {
        return program.isNative() ? "native" : "jar";
    }

    private static double size(Path file) throws IOException {
        Path counted = file.endsWith("quarkus-run.jar") ? file.getParent() : file;
        try (Stream<Path> files = Files.walk(counted)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(f -> f.toFile().length())
                            .sum()
                    / BYTES_PER_MB;
        }
    }

    /** Settings as environment variables, for a database of its own on this server. */
    private static Map<String, String> emptyDatabase(EmbeddedDatabase server, String name) throws SQLException {
        Map<String, String> settings = server.settings();
        try (Connection connection = DriverManager.getConnection(
                        settings.get("quarkus.datasource.jdbc.url"),
                        settings.get("quarkus.datasource.username"),
                        settings.get("quarkus.datasource.password"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        Map<String, String> environment = new HashMap<>();
        settings.forEach((key, value) -> environment.put(
                key.replaceAll("\\W", "_").toUpperCase(java.util.Locale.ROOT),
                key.endsWith(".url") ? value.replaceAll("/postgres$", "/" + name) : value));
        return environment;
    }

    /** Milliseconds until ready, median; the first start, which makes the schema, doesn't count. */
    private static double start(Program program, Map<String, String> settings) throws IOException {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("DORMOUSE_STANDALONE_LAUNCH", "false");
        Latencies starts = new Latencies();
        for (int i = 0; i <= STARTS; i++) {
            long start = System.nanoTime();
            try (ServerProcess server = ServerProcess.start(
                    Files.createTempDirectory("dormouse-bench"),
                    new ServerProcess.Launch(List.of(), program, environment))) {
                if (i > 0) {
                    starts.add(System.nanoTime() - start);
                }
            }
        }
        return starts.millis(50);
    }

    private static void requests(ControlPlane plane) {
        plane.create("rested");
        for (int i = 0; i < CYCLES_FOR_5000_REQUESTS; i++) {
            plane.resume("rested");
            plane.suspend("rested");
        }
    }

    private static List<String> load(Program program, ControlPlane plane) throws Exception {
        for (int i = 0; i < CALLERS; i++) {
            plane.create("cycle-" + i);
        }
        ApiLoad load = plane.load();
        load.cycle("cycle-", CALLERS, WARM_UP_SECONDS);
        Outcome outcome = load.cycle("cycle-", CALLERS, SECONDS);
        return Stream.concat(Stream.of(name(program)), outcome.cells().stream()).toList();
    }

    /** Resident memory in MB of an ateom that has woken actors of the static server. */
    private static double ateom(Program program) throws Exception {
        try (BenchServer server = BenchServer.start(program, BenchImages.staticServer(), GVISOR_WORKERS)) {
            server.create("sleeper");
            for (int i = 0; i < WAKES; i++) {
                BenchServer.expect(200, server.request("sleeper"));
                server.suspend("sleeper");
            }
            return server.ateomRss();
        }
    }

    private static String cli(Program program, ControlPlane plane, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(program.command("ate"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DORMOUSE_ENDPOINT", plane.process().api("").toString());
        Latencies runs = new Latencies();
        for (int i = 0; i < CLI_STARTS; i++) {
            long start = System.nanoTime();
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
            runs.add(System.nanoTime() - start);
        }
        return Report.number(runs.millis(50));
    }
}
