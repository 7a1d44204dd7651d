package dev.dormouse.image;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Who pulls. */
record Credential(String user, String password) {

    String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** A user's name may be half of a key too. */
    @Override
    public String toString() {
        return "Credential[***]";
    }
}
