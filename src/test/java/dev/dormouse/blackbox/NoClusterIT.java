package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A standalone server on a machine that knows a cluster leaves it alone. */
class NoClusterIT {

    private static final int ATTENTION_MILLIS = 2000;

    @TempDir(cleanup = CleanupMode.NEVER) // PostgreSQL goes on writing while it ends
    Path place;

    @Test
    void nothingIsAskedOfTheCluster() throws Exception {
        try (ServerSocket cluster = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path kubeconfig = Files.writeString(place.resolve("kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    current-context: here
                    clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d"}}]
                    contexts: [{name: here, context: {cluster: here, user: me}}]
                    users: [{name: me, user: {token: t}}]
                    """.formatted(cluster.getLocalPort()));
            try (ServerProcess server =
                    ServerProcess.start(place.resolve("data"), Map.of("KUBECONFIG", kubeconfig.toString()))) {
                assertThat(server.get("/v1/actortemplates").statusCode()).isEqualTo(200);
                cluster.setSoTimeout(ATTENTION_MILLIS);

                assertThatThrownBy(cluster::accept).isInstanceOf(SocketTimeoutException.class);
            }
        }
    }
}
