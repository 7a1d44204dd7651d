package dev.dormouse.identity;

import dev.dormouse.actor.Actor;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.InvalidNameException;

/**
 * What a client of agent-substrate says of the actor. It proves nothing; what is not left empty must agree with the actor that the
 * client's worker runs.
 *
 * @param appId the template, {@code namespace/name}
 * @param userId the user that the actor works for
 * @param sessionId the actor's id
 */
public record Session(String appId, String userId, String sessionId) {

    /** @throws InvalidNameException when the last is no id of an actor, nor empty */
    public Session {
        if (!sessionId.isEmpty()) {
            sessionId = new ActorId(sessionId).value();
        }
    }

    boolean agrees(Actor actor) {
        return agrees(appId, actor.template().toString())
                && agrees(userId, ActingFor.user(actor).orElse(""))
                && agrees(sessionId, actor.key().id().value());
    }

    private static boolean agrees(String said, String known) {
        return said.isEmpty() || said.equals(known);
    }
}
