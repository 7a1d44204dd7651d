package dev.dormouse.name;

/**
 * The id of an actor within its atespace. A name that passed through here may become a path; a String may not.
 *
 * @param value 1 to 63 characters of {@code [a-z0-9-]}, beginning and ending with a letter or digit
 */
public record ActorId(String value) {

    /** @throws InvalidNameException when it is anything else */
    public ActorId {
        DnsLabel.require("actor_id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
