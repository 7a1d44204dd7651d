package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.sandbox.TestServer;
import java.nio.file.Path;

/**
 * An ateom process that runs a real actor, takes the snapshot it is told to and dies, as by kill -9, when the manifest is written and
 * nobody has heard of it yet. Its arguments: the fixture's directory, the actor's root file system, the snapshot's id, its location.
 */
final class DyingAteom {

    static final int KILLED = 137;
    static final String WORKER = "w1";
    static final String ACTOR = "counter";
    static final long GENERATION = 1;

    private DyingAteom() {}

    public static void main(String... arguments) throws Exception {
        Path temp = Path.of(arguments[0]);
        AteomFixture node =
                new AteomFixture(temp, GvisorAteomTest.gvisor(temp), AteomFixture.images(Path.of(arguments[1])));
        node.configure(WORKER);
        ActivateResponse booted = node.activate(
                AteomFixture.activation(WORKER, AteomFixture.actor(ACTOR), GENERATION, GvisorAteomTest.workload()));
        TestServer.get(booted.getActivated().getHost(), booted.getActivated().getPortsOrThrow(80), "/count");
        if (node.checkpoint(request(node, arguments[2], arguments[3])).hasTaken()) {
            Runtime.getRuntime().halt(KILLED);
        }
        Runtime.getRuntime().halt(1);
    }

    static CheckpointRequest.Builder request(AteomFixture node, String snapshot, String location) {
        return node.suspension(WORKER, AteomFixture.actor(ACTOR), GENERATION)
                .setSnapshotId(snapshot)
                .setLocation(location);
    }
}
