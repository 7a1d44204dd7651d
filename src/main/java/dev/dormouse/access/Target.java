package dev.dormouse.access;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;

/**
 * What a call is about.
 *
 * @param atespace empty for all
 * @param name empty when it is about no single object
 */
public record Target(String atespace, String name) {

    public static final Target EVERYTHING = new Target("", "");

    public static Target of(ActorKey actor) {
        return new Target(actor.atespace().value(), actor.id().value());
    }

    /** The atespace itself, of whose Roles those decide that stand in it. */
    public static Target of(AtespaceName atespace) {
        return new Target(atespace.value(), atespace.value());
    }

    /** All that is in the atespace. */
    public static Target in(AtespaceName atespace) {
        return new Target(atespace.value(), "");
    }
}
