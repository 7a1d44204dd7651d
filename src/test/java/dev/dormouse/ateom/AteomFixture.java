package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.asset.TestAssets;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.ActorIdentity;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.ConfigureRequest;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.DiscardRequest;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.ateom.wire.Scope;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.ateom.wire.WorkerRegistry;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.dns.Lookup;
import dev.dormouse.image.ImageException;
import dev.dormouse.image.Images;
import dev.dormouse.image.PullSecrets;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.snapshot.SnapshotStore;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.TestStores;
import dev.dormouse.snapshot.Verifier;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An ateom with some slots, spoken to through its commands, and a control plane that only listens. */
final class AteomFixture implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Path dataDir;
    final String location;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final List<HeartbeatRequest> heartbeats = Collections.synchronizedList(new ArrayList<>());
    final AteomService ateom;
    final RunningAteom running;
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    volatile HeartbeatResponse answer = HeartbeatResponse.getDefaultInstance();
    volatile @Nullable RuntimeException unreachable;
    /** What the control plane answers to who wants a token. */
    volatile ActorIdentity identity = request -> Uni.createFrom().failure(Status.UNAVAILABLE.asRuntimeException());
    /** Whether the control plane records what it is told of logs. */
    volatile boolean notes = true;

    AteomFixture(Path temp, SandboxRuntime runtime, Images images, SnapshotStore... stores) throws Exception {
        this(
                temp.resolve("node"),
                temp.resolve("store"),
                runtime,
                images,
                new NodeLimits(2, 1 << 30, 1 << 20, 0.1),
                stores);
    }

    AteomFixture(
            Path dataDir, Path store, SandboxRuntime runtime, Images images, NodeLimits limits, SnapshotStore... stores)
            throws Exception {
        this(dataDir, store, runtime, images, limits, new Outside(Lookup.ofThisMachine(), List.of()), stores);
    }

    AteomFixture(
            Path dataDir,
            Path store,
            SandboxRuntime runtime,
            Images images,
            NodeLimits limits,
            Outside outside,
            SnapshotStore... stores)
            throws Exception {
        this.dataDir = dataDir;
        this.location = "file://" + store;
        Verifier verifier = new Verifier();
        SnapshotStores all = TestStores.with(verifier, stores);
        Node node = Node.of(
                runtime,
                new Binaries(runtime, TestAssets.in(dataDir.resolve("assets"))),
                images,
                all,
                verifier,
                outside,
                threads,
                InstantSource.system(),
                dataDir,
                dataDir,
                limits);
        AteomTelemetry telemetry =
                new AteomTelemetry(metrics, OpenTelemetry.noop().getTracer("test"));
        running = new RunningAteom(
                node,
                null,
                "node-1",
                "in-process",
                new ControlPlane(registry(), request -> identity.mintToken(request)),
                Duration.ofMillis(100),
                telemetry,
                vertx,
                threads);
        ateom = running.service();
        running.start();
    }

    private WorkerRegistry registry() {
        return request -> {
            RuntimeException failure = unreachable;
            if (failure != null) {
                return Uni.createFrom().failure(failure);
            }
            heartbeats.add(request);
            return Uni.createFrom()
                    .item(answer.toBuilder()
                            .addAllNotedLogs(notes ? request.getLogsList() : List.of())
                            .build());
        };
    }

    /** Any image is this root file system, and says nothing of itself. */
    static Images images(Path rootfs) {
        return new Images() {
            @Override
            public UnpackedImage unpack(String reference, PullSecrets secrets) throws ImageException {
                if (reference.contains("missing")) {
                    throw new ImageException("image " + reference + " is not there", null);
                }
                return new UnpackedImage(
                        "sha256:" + "a".repeat(64), rootfs, new ImageConfig(List.of(), List.of(), Map.of(), "", ""));
            }

            @Override
            public ImageUser user(UnpackedImage image) {
                return new ImageUser(0, 0, List.of());
            }
        };
    }

    static Slot slot(String pod) {
        return Slot.newBuilder()
                .setWorkerUid(UUID.nameUUIDFromBytes(pod.getBytes()).toString())
                .setNamespace("default")
                .setPool("pool")
                .setPod(pod)
                .setSandboxClass("gvisor")
                .build();
    }

    static String uid(String pod) {
        return slot(pod).getWorkerUid();
    }

    void configure(String... pods) {
        ConfigureRequest.Builder request = ConfigureRequest.newBuilder();
        for (String pod : pods) {
            request.addSlots(slot(pod));
        }
        get(ateom.configure(request.build()));
    }

    static Workload.Builder workload(Container.Builder container) {
        return Workload.newBuilder()
                .setTemplateNamespace("demo")
                .setTemplateName("counter")
                .setTemplateDigest("digest-1")
                .setSandboxClass("gvisor")
                .addDurableDirs("data")
                .addContainers(container);
    }

    static ActorRef actor(String atespace, String id) {
        return ActorRef.newBuilder().setAtespace(atespace).setId(id).build();
    }

    static ActorRef actor(String id) {
        return actor("default", id);
    }

    /** The same in each incarnation of the fixture. */
    static String actorUid(ActorRef actor) {
        return UUID.nameUUIDFromBytes(actor.getId().getBytes()).toString();
    }

    static ActivateRequest.Builder activation(String pod, ActorRef actor, long generation, Workload.Builder workload) {
        return ActivateRequest.newBuilder()
                .setWorkerUid(uid(pod))
                .setActor(actor)
                .setGeneration(generation)
                .setWorkload(workload)
                .setReadyTimeoutMs(PATIENCE.toMillis())
                .setActorUid(actorUid(actor));
    }

    ActivateResponse activate(ActivateRequest.Builder request) {
        return get(ateom.activate(request.setLogLocation(location).build()));
    }

    /** What the node has of an activation behind a line; it doesn't wait for more. */
    ReadLogResponse log(ActorRef actor, long generation, long after) {
        return get(ateom.readLog(ReadLogRequest.newBuilder()
                .setActor(actor)
                .setActorUid(actorUid(actor))
                .setGeneration(generation)
                .setAfter(after)
                .build()));
    }

    CheckpointRequest.Builder suspension(String pod, ActorRef actor, long generation) {
        return CheckpointRequest.newBuilder()
                .setWorkerUid(uid(pod))
                .setActor(actor)
                .setGeneration(generation)
                .setScope(Scope.FULL)
                .setSnapshotId(UUID.randomUUID().toString())
                .setLocation(location);
    }

    CheckpointResponse checkpoint(CheckpointRequest.Builder request) {
        return get(ateom.checkpoint(request.build()));
    }

    void discard(String pod, ActorRef actor, long generation) {
        get(ateom.discard(DiscardRequest.newBuilder()
                .setWorkerUid(uid(pod))
                .setActor(actor)
                .setGeneration(generation)
                .build()));
    }

    static <T> T get(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(60));
    }

    SlotReport report(String pod) {
        return running.report().getSlotsList().stream()
                .filter(slot -> slot.getSlot().getPod().equals(pod))
                .findFirst()
                .orElseThrow();
    }

    void awaitFree(String pod) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(report(pod).getState()).isEqualTo(State.FREE));
    }

    void awaitPrepared(String pod) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(report(pod).getPrepared()).isNotEmpty());
    }

    @Override
    public void close() {
        running.close();
        threads.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
