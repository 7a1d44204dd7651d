package dev.dormouse;

import dev.dormouse.ateom.SandboxChoice;
import dev.dormouse.standalone.EmbeddedDatabase;
import io.quarkus.runtime.LaunchMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Boots the control plane. Options become settings of the same name, so that they win over environment and files. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description =
                "The control plane: API and console, router, scheduler; standalone with its own database and workers.")
final class ServerCommand implements Callable<Integer> {

    private static final String DATABASE_URL = "quarkus.datasource.reactive.url";
    private static final String JDBC_URL = "quarkus.datasource.jdbc.url";
    private static final String DEMO_IMAGES = "dormouse.images.redirect.\"registry.example/dormouse\"";
    private static final String DATABASE_IS_OURS = "embedded-database";

    @Option(names = "--data-dir", description = "Keeps database, images and snapshots (default: ~/.dormouse).")
    @Nullable
    Path dataDir;

    @Option(names = "--manifests", description = "Directory of WorkerPools and ActorTemplates, watched.")
    @Nullable
    Path manifests;

    @Option(names = "--demo", description = "Directory of the demo, as the build makes it: its manifests and images.")
    @Nullable
    Path demo;

    @Option(names = "--port", description = "API, console and gRPC (default: 8080).")
    @Nullable
    Integer port;

    @Option(names = "--router-port", description = "Traffic for actors (default: 8000).")
    @Nullable
    Integer routerPort;

    @Option(names = "--management-port", description = "Health and metrics (default: 9000).")
    @Nullable
    Integer managementPort;

    @Option(names = "--sandbox", description = "auto, gvisor or process (default: auto).")
    @Nullable
    String sandbox;

    @Override
    public Integer call() throws IOException {
        Path declared = demo == null ? manifests : demo.resolve("manifests");
        if (declared != null && !Files.isDirectory(declared)) {
            throw new IOException("there is no directory %s; correct %s"
                    .formatted(declared, demo == null ? "--manifests" : "--demo"));
        }
        Settings.set("dormouse.standalone.manifests", declared);
        if (demo != null) {
            Settings.set(DEMO_IMAGES, "oci:" + demo.resolve("images").toAbsolutePath());
        }
        Settings.set("quarkus.http.port", port);
        Settings.set("dormouse.router.port", routerPort);
        Settings.set("quarkus.management.port", managementPort);
        Settings.set("dormouse.standalone.sandbox", sandbox);
        Path data = Settings.dataDirectory(dataDir);
        Settings.set(Settings.DATA_DIR, data);
        SandboxChoice.check(
                Settings.find("dormouse.standalone.sandbox").orElse("auto"),
                Settings.find("dormouse.ateom.runsc").map(Path::of));
        DataDirectory.take(data);

        if (Settings.find(DATABASE_URL).isEmpty() || Boolean.getBoolean(DATABASE_IS_OURS)) {
            EmbeddedDatabase database = EmbeddedDatabase.open(data.resolve("postgres"));
            database.settings().forEach(System::setProperty);
            stopWithTheJvm(database);
            bootOn(database::stop);
        } else {
            bootOn(() -> {});
        }
        return 0;
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
        Boot.run(null, stopDatabase);
    }

    /** The application stops the database itself, but for dev mode, where it outlives each reload of the application. */
    private static void stopWithTheJvm(EmbeddedDatabase database) {
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT && !Boolean.getBoolean(DATABASE_IS_OURS)) {
            Runtime.getRuntime().addShutdownHook(new Thread(database::stop, "stop-database"));
        }
        System.setProperty(DATABASE_IS_OURS, "true");
    }
}
