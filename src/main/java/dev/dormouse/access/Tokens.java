package dev.dormouse.access;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Knows tokens of one kind. */
public interface Tokens {

    /**
     * Whose token it is; empty when this knows no such token. Fails UNAVAILABLE when nobody can say at the moment.
     *
     * @param token never log it
     */
    Uni<Optional<Caller>> caller(String token);
}
