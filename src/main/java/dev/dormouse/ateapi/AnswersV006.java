package dev.dormouse.ateapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.ateapi.v008.wire.Actor;

/** v0.0.6: an actor without what came later, and with the one field that v0.0.8 gave up. */
final class AnswersV006 {

    private static final int LAST_SNAPSHOT = 9;

    private AnswersV006() {}

    static Actor actor(dev.dormouse.actor.Actor actor) {
        Actor.Builder shown = AnswersV008.common(actor).setStatus(status(actor.status()));
        if (actor.snapshot() != null) {
            var uri = UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8(actor.snapshot().uri()))
                    .build();
            shown.setUnknownFields(
                    UnknownFieldSet.newBuilder().addField(LAST_SNAPSHOT, uri).build());
        }
        return shown.build();
    }

    /** That era has no pauses: who pauses falls asleep, and who is paused sleeps. */
    private static Actor.Status status(ActorStatus status) {
        return switch (status) {
            case SUSPENDED, PAUSED -> Actor.Status.STATUS_SUSPENDED;
            case RESUMING -> Actor.Status.STATUS_RESUMING;
            case RUNNING -> Actor.Status.STATUS_RUNNING;
            case SUSPENDING, PAUSING -> Actor.Status.STATUS_SUSPENDING;
        };
    }
}
