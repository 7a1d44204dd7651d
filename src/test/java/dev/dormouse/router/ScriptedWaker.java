package dev.dormouse.router;

import dev.dormouse.activation.Waker;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;

/** A waker that answers as the test says. */
final class ScriptedWaker implements Waker {

    interface Script {
        Uni<Route> wake(ActorKey key, int actorPort);
    }

    final AtomicInteger calls = new AtomicInteger();
    volatile Script script;

    ScriptedWaker(Script script) {
        this.script = script;
    }

    /** Every actor runs here. */
    static ScriptedWaker at(int port) {
        return new ScriptedWaker((key, _) -> Uni.createFrom().item(new Route(key, 1, "127.0.0.1", port)));
    }

    @Override
    public Uni<Route> wake(ActorKey key, int actorPort, Cause cause) {
        calls.incrementAndGet();
        return script.wake(key, actorPort);
    }
}
