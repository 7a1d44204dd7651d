package dev.dormouse.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What stands for a token where the token itself must not be kept. */
public final class TokenHash {

    private TokenHash() {}

    public static String of(String token) {
        return HexFormat.of().formatHex(bytes(token));
    }

    static byte[] bytes(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
