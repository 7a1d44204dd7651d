package dev.dormouse.ateapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.platform.RawApi;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.sim.SimulatedAteomServer;
import dev.dormouse.sim.SimulatedStorage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

/** A pool of two workers without sandboxes, and a Ready template wire/simulated that runs on them. */
public final class SimulatedPool implements AutoCloseable {

    public static final int WORKERS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RawApi api;
    private final SimulatedAteomServer server;
    private SimulatedAteom ateom;

    private SimulatedPool(URI base) throws IOException {
        api = new RawApi(base);
        apply("""
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {namespace: wire, name: pool, labels: {for: wire}}
                spec: {replicas: 2, ateomImage: "registry.example/dormouse:1"}
                """);
        apply("""
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: wire, name: simulated}
                spec:
                  pauseImage: registry.example/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers:
                    - name: counter
                      image: registry.example/counter@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                      readyz: {httpGet: {port: 80}}
                  workerSelector: {matchLabels: {for: wire}}
                  snapshotsConfig: {location: "file:/nowhere/snapshots"}
                """);
        server = SimulatedAteomServer.start("localhost:" + base.getPort(), address -> {
            ateom = new SimulatedAteom(
                    address,
                    "simulated",
                    SimulatedStorage.withEverySnapshot(),
                    SimulatedAteom.slots("wire", "pool", WORKERS));
            return ateom;
        });
    }

    public static SimulatedPool start(URI base) throws IOException {
        SimulatedPool pool = new SimulatedPool(base);
        await("the golden snapshot")
                .atMost(PATIENCE)
                .until(() -> pool.api
                        .get("/v1/actortemplates/wire/simulated")
                        .json()
                        .getJsonObject("status")
                        .getString("phase", "")
                        .equals("Ready"));
        // the worker that made it is given back a moment later
        await("free workers")
                .atMost(PATIENCE)
                .until(() -> pool.api.get("/v1/workers").json().getJsonArray("items").stream()
                                .map(String::valueOf)
                                .filter(worker -> worker.contains("\"namespace\":\"wire\"")
                                        && worker.contains("\"state\":\"FREE\""))
                                .count()
                        == WORKERS);
        return pool;
    }

    public SimulatedAteom ateom() {
        return ateom;
    }

    private void apply(String yaml) {
        var answer = api.send("PUT", "/v1/manifests", "application/yaml", BodyPublishers.ofString(yaml));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    @Override
    public void close() {
        server.close();
    }
}
