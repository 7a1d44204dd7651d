package dev.dormouse.identity;

import dev.dormouse.actor.Actor;
import java.util.Optional;

/** The user that an actor works for, in the words of its atespace: its label {@value #LABEL} names him. */
final class ActingFor {

    static final String LABEL = "ate.dev/user";

    private ActingFor() {}

    /** Empty when it works for nobody but itself. */
    static Optional<String> user(Actor actor) {
        return Optional.ofNullable(actor.labels().get(LABEL)).filter(user -> !user.isEmpty());
    }
}
