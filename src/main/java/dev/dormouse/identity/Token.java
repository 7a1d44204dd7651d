package dev.dormouse.identity;

import java.time.Instant;

/** A signed token of an actor; never log it. */
public record Token(String value, Instant expiresAt) {

    @Override
    public String toString() {
        return "Token until " + expiresAt;
    }
}
