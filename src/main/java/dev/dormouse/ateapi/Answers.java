package dev.dormouse.ateapi;

import com.google.protobuf.Message;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.atespace.Atespace;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.watch.WorkerView;
import java.util.List;
import java.util.Map;

/** The answers in the shapes of one era. */
interface Answers {

    /** To GetActor and CreateActor. */
    Message actor(Actor actor);

    /** To UpdateActor, SuspendActor, PauseActor and ResumeActor, whose answers have one layout. */
    Message changed(Actor actor);

    /** To DeleteActor: what it was. */
    Message deleted(Actor actor);

    Message actors(ActorStore.Page page);

    /** @param poolLabels of pools that have any */
    Message workers(List<WorkerView> workers, Map<PoolRef, Map<String, String>> poolLabels);

    /** To CreateAtespace and GetAtespace. */
    Message atespace(Atespace atespace);

    /** To DeleteAtespace: what it was. */
    Message deleted(Atespace atespace);

    Message atespaces(List<Atespace> atespaces);

    /** To DebugClear. */
    Message cleared();

    static Answers of(ApiEra era) {
        return switch (era) {
            case V0_0_6 -> new AnswersV008(AnswersV006::actor);
            case V0_0_8 -> new AnswersV008(AnswersV008::whole);
            case V0_0_9 -> new AnswersV009();
        };
    }
}
