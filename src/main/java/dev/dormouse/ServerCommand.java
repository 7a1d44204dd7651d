package dev.dormouse;

import dev.dormouse.platform.DormouseConfig.Mode;
import dev.dormouse.standalone.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Boots the control plane. Options become settings of the same name, so that they win over environment and files. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description =
                "The control plane: API and console, router, scheduler; alone with its own database and workers, or in a cluster.")
final class ServerCommand implements Callable<Integer> {

    private static final String MODE = "dormouse.mode";
    /** Kubernetes sets it in each Pod. */
    private static final String IN_A_POD = "KUBERNETES_SERVICE_HOST";

    private static final String DATABASE_URL = "quarkus.datasource.reactive.url";
    private static final String JDBC_URL = "quarkus.datasource.jdbc.url";
    private static final String DEMO_IMAGES = "dormouse.images.redirect.\"registry.example/dormouse\"";
    private static final String CERTIFICATE = "dormouse.api.tls.certificate";
    private static final String KEY = "dormouse.api.tls.key";
    private static final String CLUSTER_TLS = "dormouse.kubernetes.tls";
    private static final String CLIENT_CA = "dormouse.access.client-ca";
    private static final String ATEOM_TOKEN = "dormouse.ateom.token";
    private static final String DATABASE_IS_OURS = "embedded-database";

    @Option(
            names = "--mode",
            description =
                    "standalone, or kubernetes: pools and templates are resources of a cluster (default: kubernetes"
                            + " in a Pod, standalone elsewhere).")
    @Nullable
    String mode;

    @Option(names = "--data-dir", description = "Keeps database, images and snapshots (default: ~/.dormouse).")
    @Nullable
    Path dataDir;

    @Option(names = "--manifests", description = "Directory of WorkerPools and ActorTemplates, watched.")
    @Nullable
    Path manifests;

    @Option(names = "--demo", description = "Directory of the demo, as the build makes it: its manifests and images.")
    @Nullable
    Path demo;

    @Option(names = "--port", description = "API, console and gRPC (default: 8080; with TLS, as in a cluster, 8443).")
    @Nullable
    Integer port;

    @Option(names = "--router-port", description = "Traffic for actors (default: 8000).")
    @Nullable
    Integer routerPort;

    @Option(names = "--management-port", description = "Health and metrics (default: 9000).")
    @Nullable
    Integer managementPort;

    @Option(
            names = "--enable-debug",
            description = "Lets DebugClear of gRPC delete all actors and atespaces, for callers who may delete debug.")
    boolean debug;

    @Option(names = "--sandbox", description = "auto, gvisor or process (default: auto).")
    @Nullable
    String sandbox;

    @Override
    public Integer call() throws IOException {
        Mode chosen = mode();
        Settings.set(MODE, chosen.name().toLowerCase(Locale.ROOT));
        Settings.set("quarkus.http.port", port);
        Settings.set("dormouse.router.port", routerPort);
        Settings.set("quarkus.management.port", managementPort);
        Settings.set("dormouse.api.debug", debug ? true : null);
        Settings.set(Settings.SANDBOX, sandbox);
        Path data = Settings.dataDirectory(dataDir);
        Settings.set(Settings.DATA_DIR, data);
        switch (chosen) {
            case STANDALONE -> runAlone(data);
            case KUBERNETES -> runInCluster();
        }
        return 0;
    }

    private Mode mode() throws IOException {
        Optional<String> given = mode == null ? Settings.find(MODE) : Optional.of(mode);
        if (given.isEmpty()) {
            boolean inPod = !Settings.isDevMode() && System.getenv(IN_A_POD) != null;
            return inPod ? Mode.KUBERNETES : Mode.STANDALONE;
        }
        return Stream.of(Mode.values())
                .filter(known -> known.name().equalsIgnoreCase(given.get()))
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "there is no mode '%s'; choose standalone or kubernetes".formatted(given.get())));
    }

    private void runAlone(Path data) throws IOException {
        Path declared = demo == null ? manifests : demo.resolve("manifests");
        if (declared != null && !Files.isDirectory(declared)) {
            throw new IOException("there is no directory %s; correct %s"
                    .formatted(declared, demo == null ? "--manifests" : "--demo"));
        }
        Settings.set("dormouse.standalone.manifests", declared);
        if (demo != null) {
            Settings.set(DEMO_IMAGES, "oci:" + demo.resolve("images").toAbsolutePath());
        }
        useOwnCertificate();
        Settings.checkSandbox();
        DataDirectory.take(data);
        if (Settings.find(ATEOM_TOKEN).isEmpty()) {
            Settings.set(ATEOM_TOKEN, AteomToken.in(data));
        }

        if (Settings.find(DATABASE_URL).isEmpty() || Boolean.getBoolean(DATABASE_IS_OURS)) {
            EmbeddedDatabase database = EmbeddedDatabase.open(data.resolve("postgres"));
            database.settings().forEach(System::setProperty);
            stopWithTheJvm(database);
            bootOn(database::stop);
        } else {
            bootOn(() -> {});
        }
    }

    /** In a TLS configuration of its own: with Quarkus' default one health and metrics would speak TLS, too. */
    private static void useOwnCertificate() throws IOException {
        Optional<String> certificate = readable(CERTIFICATE);
        Optional<String> key = readable(KEY);
        Optional<String> clientCa = readable(CLIENT_CA);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IOException("%s and %s belong together; set both, or none".formatted(CERTIFICATE, KEY));
        }
        if (clientCa.isPresent() && certificate.isEmpty()) {
            throw new IOException(
                    "%s is for clients over TLS; set %s and %s, too".formatted(CLIENT_CA, CERTIFICATE, KEY));
        }
        if (certificate.isPresent()) {
            Settings.set("quarkus.tls.standalone.key-store.pem.0.cert", certificate.get());
            Settings.set("quarkus.tls.standalone.key-store.pem.0.key", key.get());
            useTls("standalone", clientCa);
        }
    }

    /** A certificate may be renewed while it is in use. */
    private static void useTls(String configuration, Optional<String> clientCa) {
        Settings.set("quarkus.http.tls-configuration-name", configuration);
        Settings.set("quarkus.tls.%s.reload-period".formatted(configuration), "1h");
        Settings.set("quarkus.tls.%s.trust-store.pem.certs".formatted(configuration), clientCa.orElse(null));
    }

    /** The file that a setting names, if it names one. */
    private static Optional<String> readable(String setting) throws IOException {
        Optional<String> file = Settings.find(setting);
        if (file.isPresent() && !Files.isReadable(Path.of(file.get()))) {
            throw new IOException("can't read %s; correct %s".formatted(file.get(), setting));
        }
        return file;
    }

    /** Any number of these share a database: it is somebody else's to run. */
    private void runInCluster() throws IOException {
        if (manifests != null || demo != null) {
            throw new IOException("in a cluster what is declared is applied with kubectl; leave out "
                    + (demo == null ? "--manifests" : "--demo"));
        }
        if (Settings.find(DATABASE_URL).isEmpty()) {
            throw new IOException(
                    "in a cluster the server needs a PostgreSQL; set " + DATABASE_URL + " and " + JDBC_URL);
        }
        Settings.set("dormouse.standalone.launch", false);
        Settings.useRealBuckets();
        Optional<String> clientCa = readable(CLIENT_CA);
        if (Settings.find(CLUSTER_TLS).map(Boolean::parseBoolean).orElse(true)) {
            Settings.set("quarkus.http.insecure-requests", "disabled");
            Settings.set("quarkus.http.ssl-port", port);
            useTls("api", clientCa);
        } else if (clientCa.isPresent()) {
            throw new IOException("%s is for clients over TLS; set %s to true".formatted(CLIENT_CA, CLUSTER_TLS));
        }
        bootOn(() -> {});
    }

    private static void bootOn(Runnable stopDatabase) throws IOException {
        try {
            DatabaseCheck.run(
                    Settings.find(JDBC_URL).orElseThrow(() -> new IOException("set " + JDBC_URL + " too")),
                    Settings.find("quarkus.datasource.username").orElse("postgres"),
                    Settings.find("quarkus.datasource.password").orElse(""));
        } catch (IOException e) {
            stopDatabase.run();
            throw e;
        }
        Boot.run(stopDatabase);
    }

    /** The application stops the database itself, but for dev mode, where it outlives each reload of the application. */
    private static void stopWithTheJvm(EmbeddedDatabase database) {
        if (Settings.isDevMode() && !Boolean.getBoolean(DATABASE_IS_OURS)) {
            Runtime.getRuntime().addShutdownHook(new Thread(database::stop, "stop-database"));
        }
        System.setProperty(DATABASE_IS_OURS, "true");
    }
}
