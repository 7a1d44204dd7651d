package dev.dormouse.ateom;

import dev.dormouse.ateom.Activation.Started;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.Exited;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.name.ActorKey;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import org.jspecify.annotations.Nullable;

/** What a slot tells the control plane of itself. */
final class SlotReports {

    private SlotReports() {}

    static SlotReport of(
            Slot slot, String ip, State state, @Nullable Activation activation, String prepared, long now) {
        SlotReport.Builder report =
                SlotReport.newBuilder().setSlot(slot).setState(state).setIp(ip).setPrepared(prepared);
        if (activation != null) {
            add(report, activation, now);
        }
        return report.build();
    }

    /** A slot that could not be opened. */
    static SlotReport broken(Slot slot, String why) {
        return SlotReport.newBuilder()
                .setSlot(slot)
                .setState(State.BROKEN)
                .setMessage(why)
                .build();
    }

    private static void add(SlotReport.Builder report, Activation activation, long now) {
        report.setActor(ref(activation.actor()))
                .setGeneration(activation.generation())
                .setSuspendRequested(activation.suspendRequested());
        Started started = activation.started();
        if (started != null) {
            report.setIdleMs(started.idle().idleMillis(now));
        }
        Exit exit = activation.exit();
        // while it starts, the end of the workload is the answer to the command
        if (exit != null && started != null) {
            report.setExited(Exited.newBuilder().setCode(exit.code()).setMessage(exit.message()));
        }
    }

    private static ActorRef ref(ActorKey actor) {
        return ActorRef.newBuilder()
                .setAtespace(actor.atespace().value())
                .setId(actor.id().value())
                .build();
    }
}
