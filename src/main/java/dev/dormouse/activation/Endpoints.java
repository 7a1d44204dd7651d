package dev.dormouse.activation;

import dev.dormouse.actor.Actor;

/** Fills in what an activation adds to a record. */
final class Endpoints {

    private Endpoints() {}

    /** The record as it will be once RUNNING is written; its status and version are still those of the claim. */
    static Actor with(Actor actor, Actor.Activation activation) {
        return new Actor(
                actor.key(),
                actor.uid(),
                actor.template(),
                actor.status(),
                actor.version(),
                actor.generation(),
                actor.labels(),
                actor.workerSelector(),
                activation,
                actor.intent(),
                actor.snapshot(),
                actor.localSnapshot(),
                actor.idleSince(),
                actor.busyUntil(),
                actor.lastError(),
                actor.createdAt(),
                actor.updatedAt());
    }
}
