package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where a real cluster keeps the keys of actors' identities. */
@KubeTest
class KeySecretOnClusterTest {

    private static TestCluster cluster;
    private static String namespace;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        namespace = cluster.namespace();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void replicasThatMakeKeysAtTheSameMomentKeepTheSame() throws Exception {
        Set<String> kept = new HashSet<>();
        try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String own = "replica " + i;
                Callable<String> keep =
                        () -> new KeySecret(cluster.client(), namespace).keep(secret -> secret == null ? own : secret);
                answers.add(replicas.submit(keep));
            }
            for (Future<String> answer : answers) {
                kept.add(answer.get());
            }
        }

        assertThat(kept).hasSize(1);
        String next = new KeySecret(cluster.client(), namespace).keep(secret -> secret + ", rotated");
        assertThat(next).isEqualTo(kept.iterator().next() + ", rotated");
        assertThat(new KeySecret(cluster.client(), namespace).keep(secret -> String.valueOf(secret)))
                .isEqualTo(next);
    }
}
