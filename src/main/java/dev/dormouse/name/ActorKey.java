package dev.dormouse.name;

/** What identifies an actor everywhere: the same id in two atespaces is two actors. */
public record ActorKey(AtespaceName atespace, ActorId id) {

    /**
     * @throws InvalidNameException when either part is not a DNS label
     */
    public static ActorKey of(String atespace, String id) {
        return new ActorKey(new AtespaceName(atespace), new ActorId(id));
    }

    @Override
    public String toString() {
        return atespace + "/" + id;
    }
}
