package dev.dormouse.identity;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.lang.JoseException;

/**
 * The keys that are published, in the order in which they sign; one at a time does. The next is published {@link #PUBLISHED_BEFORE} it
 * signs, so that nobody meets a token whose key he could not know, and one that is done stays until all that it signed is over.
 */
record KeyRing(List<SigningKey> keys) {

    /** More than who checks tokens may remember our keys for, and than replicas take to hear of one. */
    static final Duration PUBLISHED_BEFORE = Duration.ofHours(1);

    /** More than the life of what is signed: a replica may sign with the last key for a while yet. */
    static final Duration PUBLISHED_AFTER = Duration.ofHours(2);

    KeyRing {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no key");
        }
        keys = List.copyOf(keys);
    }

    /** Nobody remembers others, so its key signs at once. */
    static KeyRing first(Instant now) {
        return new KeyRing(List.of(SigningKey.make(now)));
    }

    /** The key that signs now. */
    SigningKey signer(Instant now) {
        SigningKey signer = keys.getFirst();
        for (SigningKey key : keys) {
            if (!key.signsFrom().isAfter(now)) {
                signer = key;
            }
        }
        return signer;
    }

    /**
     * The ring as it must be now: with the next key where it is time, without those that are over; the same where nothing changes.
     *
     * @param rotation how long a key signs
     */
    KeyRing at(Instant now, Duration rotation) {
        List<SigningKey> next = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            boolean over = i + 1 < keys.size()
                    && keys.get(i + 1).signsFrom().plus(PUBLISHED_AFTER).isBefore(now);
            if (!over) {
                next.add(keys.get(i));
            }
        }
        Instant due = keys.getLast().signsFrom().plus(rotation).minus(PUBLISHED_BEFORE);
        if (!due.isAfter(now)) {
            next.add(SigningKey.make(now.plus(PUBLISHED_BEFORE)));
        }
        return next.equals(keys) ? this : new KeyRing(next);
    }

    String secret() {
        JsonArray all = new JsonArray();
        keys.forEach(key -> all.add(key.secret()));
        return new JsonObject().put("keys", all).encode();
    }

    /** @throws IllegalStateException when it is none; its message holds nothing of it */
    static KeyRing of(String secret) {
        try {
            List<SigningKey> keys = new ArrayList<>();
            JsonArray all = new JsonObject(secret).getJsonArray("keys");
            for (int i = 0; i < all.size(); i++) {
                keys.add(SigningKey.of(all.getJsonObject(i)));
            }
            return new KeyRing(keys);
        } catch (DecodeException
                | JoseException
                | DateTimeException
                | ClassCastException
                | NullPointerException
                | IllegalArgumentException e) {
            // without the cause, which may quote it
            throw new IllegalStateException("what is kept there are no keys; remove it to have some made");
        }
    }

    @Override
    public String toString() {
        return "KeyRing" + keys;
    }
}
