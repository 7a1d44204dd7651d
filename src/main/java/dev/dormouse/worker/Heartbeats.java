package dev.dormouse.worker;

import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.Orphan;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.WorkerRegistry;
import dev.dormouse.log.LogNote;
import dev.dormouse.log.LogRecords;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.BearerToken;
import dev.dormouse.platform.DormouseConfig;
import io.grpc.Status;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Hears what ateoms report: keeps workers' rows and this replica's view up to date, and tells who is in charge of their actors. */
@GrpcService
@RegisterInterceptor(BearerToken.class)
class Heartbeats implements WorkerRegistry {

    private static final Logger LOG = Logger.getLogger(Heartbeats.class);

    private final DormouseConfig config;
    private final WorkerNews news;
    private final WorkerStore store;
    private final ReporterCheck check;
    private final CommandKeys keys;
    private final Liveness liveness;
    private final Occupants occupants;
    private final LogRecords logs;
    private final InstantSource clock;

    Heartbeats(
            DormouseConfig config,
            Workers workers,
            WorkerStore store,
            ReporterCheck check,
            CommandKeys keys,
            Liveness liveness,
            Occupants occupants,
            LogRecords logs,
            InstantSource clock) {
        this.config = config;
        this.news = workers.news();
        this.store = store;
        this.check = check;
        this.keys = keys;
        this.liveness = liveness;
        this.occupants = occupants;
        this.logs = logs;
        this.clock = clock;
    }

    @Override
    public Uni<HeartbeatResponse> heartbeat(HeartbeatRequest request) {
        if (config.role() != DormouseConfig.Role.SERVER) {
            return Uni.createFrom().failure(Status.UNIMPLEMENTED.asRuntimeException());
        }
        Report report;
        try {
            report = Report.of(request);
        } catch (IllegalArgumentException malformed) {
            return Uni.createFrom()
                    .failure(Status.INVALID_ARGUMENT
                            .withDescription(malformed.getMessage())
                            .asRuntimeException());
        }
        return check.check(BearerToken.ofThisCall(), request)
                .chain(keys::load)
                .chain(() -> liveness.seen(report.ateomId(), report.detail()))
                .chain(() -> record(report))
                .chain(() -> reconcile(report))
                .map(orphans ->
                        HeartbeatResponse.newBuilder().addAllOrphans(orphans).setCommandKey(keys.of(report.ateomId())))
                .chain(answer -> note(report, answer))
                .map(HeartbeatResponse.Builder::build);
    }

    /** What can't be recorded now is told again. */
    private Uni<HeartbeatResponse.Builder> note(Report report, HeartbeatResponse.Builder answer) {
        if (report.logs().isEmpty()) {
            return Uni.createFrom().item(answer);
        }
        return logs.note(report.ateomId(), report.logs())
                .map(gone -> answer.addAllNotedLogs(report.request().getLogsList())
                        .addAllGoneLogs(gone.stream().map(UUID::toString).toList()))
                .onFailure()
                .invoke(failure -> LOG.warnf("logs of a node can't be recorded now: %s", failure.getMessage()))
                .onFailure()
                .recoverWithItem(answer);
    }

    /** @param request as it came, its names and ids checked */
    private record Report(
            UUID ateomId, AteomDetail detail, List<UUID> slots, List<LogNote> logs, HeartbeatRequest request) {

        static Report of(HeartbeatRequest request) {
            List<UUID> slots = request.getSlotsList().stream()
                    .map(slot -> UUID.fromString(slot.getSlot().getWorkerUid()))
                    .toList();
            List<LogNote> logs = request.getLogsList().stream().map(LogNote::of).toList();
            return new Report(UUID.fromString(request.getAteomId()), AteomDetail.of(request), slots, logs, request);
        }
    }

    /** Writes the rows that this report changes: none, as a rule. */
    private Uni<Void> record(Report report) {
        List<WorkerStore.Reported> changed = new ArrayList<>();
        for (int i = 0; i < report.slots().size(); i++) {
            WorkerStore.Reported reported =
                    reported(report, report.slots().get(i), report.request().getSlots(i));
            boolean[] different = {true};
            news.look(reported.uid(), slot -> different[0] = differs(slot, reported));
            if (different[0]) {
                changed.add(reported);
            }
        }
        return changed.isEmpty()
                ? Uni.createFrom().voidItem()
                : store.report(changed).invoke(news::written).replaceWithVoid();
    }

    private static WorkerStore.Reported reported(Report report, UUID worker, SlotReport slotReport) {
        Slot slot = slotReport.getSlot();
        HeartbeatRequest request = report.request();
        return new WorkerStore.Reported(
                worker,
                new PoolRef(slot.getNamespace(), slot.getPool()),
                slot.getPod(),
                request.getNode(),
                slotReport.getIp(),
                report.ateomId(),
                request.getAddress(),
                state(request, slotReport));
    }

    private static String state(HeartbeatRequest request, SlotReport slot) {
        if (request.getDraining()) {
            return "DRAINING";
        }
        return slot.getState() == SlotReport.State.FREE ? "FREE" : "LOST";
    }

    private static boolean differs(SlotKnowledge known, WorkerStore.Reported reported) {
        boolean moved = !known.ateomId.equals(reported.ateomId())
                || !known.address.equals(reported.address())
                || !known.node.equals(reported.node())
                || !known.ip.equals(reported.ip())
                || !known.pod.equals(reported.pod())
                || !known.pool.equals(reported.pool());
        return moved
                || switch (known.rowState) {
                    case "LOST" -> known.stay == null && !reported.state().equals("LOST");
                    case "DRAINING" -> !reported.state().equals("DRAINING");
                    case "FREE" ->
                        !known.reserved && known.broken && reported.state().equals("LOST");
                    default -> reported.state().equals("DRAINING");
                };
    }

    private Uni<List<Orphan>> reconcile(Report report) {
        HeartbeatRequest request = report.request();
        SlotObservation observed = new SlotObservation(
                clock.instant(), request.getDraining(), config.scheduler().pressureIdle());
        Set<UUID> present = new HashSet<>(report.slots());
        for (int i = 0; i < report.slots().size(); i++) {
            SlotReport slotReport = request.getSlots(i);
            UUID worker = report.slots().get(i);
            AteomDetail.SlotDetail detail =
                    Objects.requireNonNull(report.detail().slots().get(worker));
            news.look(worker, slot -> observed.observe(slot, slotReport, detail.hardware()));
        }
        for (UUID served : news.servedBy(report.ateomId())) {
            if (!present.contains(served)) {
                news.look(served, observed::absent);
            }
        }
        news.cached(request.getNode(), report.detail().cached());
        news.reported(report.ateomId(), request.getAddress(), present, request.getSandboxCaveat());
        tell(observed);
        return orphans(observed.unknown);
    }

    private void tell(SlotObservation observed) {
        if (!observed.idle.isEmpty()) {
            occupants.idle(observed.idle);
        }
        observed.missing.forEach(occupants::missing);
        observed.exited.forEach(occupants::exited);
        observed.suspendRequested.forEach(occupants::suspendRequested);
        observed.leaving.forEach(occupants::draining);
    }

    private Uni<List<Orphan>> orphans(List<Stay> unknown) {
        if (unknown.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        List<Uni<Boolean>> over = unknown.stream().map(occupants::isOver).toList();
        return Uni.join().all(over).andFailFast().map(answers -> {
            List<Orphan> orphans = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i)) {
                    orphans.add(orphan(unknown.get(i)));
                }
            }
            return orphans;
        });
    }

    private static Orphan orphan(Stay stay) {
        return Orphan.newBuilder()
                .setWorkerUid(stay.worker().toString())
                .setActor(ActorRef.newBuilder()
                        .setAtespace(stay.actor().atespace().value())
                        .setId(stay.actor().id().value()))
                .setGeneration(stay.generation())
                .build();
    }
}
