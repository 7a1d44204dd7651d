package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.name.ActorKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last answers of a slot, for commands that are repeated after what they asked for is over. */
final class SlotAnswers {

    /** A command is repeated within seconds, and a slot carries out a few in that time. */
    private static final int REMEMBERED = 16;

    private final Map<Start, ActivateResponse> failedStarts = latest();
    private final Map<Snapshot, CheckpointResponse> taken = latest();

    /** An activation that was asked for. */
    record Start(ActorKey actor, long generation) {
        static Start of(ActivateRequest request) {
            return new Start(key(request.getActor()), request.getGeneration());
        }
    }

    private record Snapshot(ActorKey actor, long generation, String id) {
        static Snapshot of(CheckpointRequest request) {
            return new Snapshot(key(request.getActor()), request.getGeneration(), request.getSnapshotId());
        }
    }

    private static ActorKey key(dev.dormouse.ateom.wire.ActorRef actor) {
        return ActorKey.of(actor.getAtespace(), actor.getId());
    }

    @Nullable
    ActivateResponse failed(Start start) {
        return failedStarts.get(start);
    }

    void remember(Start start, ActivateResponse failure) {
        failedStarts.put(start, failure);
    }

    @Nullable
    CheckpointResponse taken(CheckpointRequest request) {
        return taken.get(Snapshot.of(request));
    }

    void remember(CheckpointRequest request, CheckpointResponse answer) {
        taken.put(Snapshot.of(request), answer);
    }

    private static <K, V> Map<K, V> latest() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.@Nullable Entry<K, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }
}
