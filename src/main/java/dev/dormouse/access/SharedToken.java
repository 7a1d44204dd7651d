package dev.dormouse.access;

import java.security.MessageDigest;

/** A token that is known in advance; only its hash is kept. */
public final class SharedToken {

    private static final int SHORTEST = 16;

    private final byte[] hash;

    private SharedToken(byte[] hash) {
        this.hash = hash;
    }

    /** @throws IllegalStateException when it can be guessed */
    public static SharedToken of(String token) {
        if (token.length() < SHORTEST) {
            throw new IllegalStateException(
                    "the token is shorter than %d characters; make one with 'openssl rand -hex 32'"
                            .formatted(SHORTEST));
        }
        return new SharedToken(TokenHash.bytes(token));
    }

    /** Takes as long for a near miss as for any other. */
    public boolean matches(String token) {
        return MessageDigest.isEqual(hash, TokenHash.bytes(token));
    }
}
