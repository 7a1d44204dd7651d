package dev.dormouse.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as far as permissions go.
 *
 * @param user whose permissions count
 * @param uid empty when nobody gave one
 * @param extra what else is known of the user, for the cluster's authorizers
 * @param delegate who acts for the user; null when the user does
 */
public record Caller(
        String user,
        String uid,
        List<String> groups,
        Map<String, List<String>> extra,
        @Nullable String delegate) {

    /** In Kubernetes whoever is known is in this group. */
    static final String AUTHENTICATED = "system:authenticated";

    /** Whoever it is, where nobody is asked. */
    static final Caller ANYONE = named("anyone");

    static Caller named(String user) {
        return of(user, List.of());
    }

    public static Caller of(String user, List<String> groups) {
        return new Caller(user, "", List.copyOf(groups), Map.of(), null);
    }

    /** How much memory it takes, about, in bytes. */
    public int weight() {
        int weight = user.length() + uid.length() + (delegate == null ? 0 : delegate.length());
        for (String group : groups) {
            weight += group.length();
        }
        for (var entry : extra.entrySet()) {
            weight += entry.getKey().length();
            for (String value : entry.getValue()) {
                weight += value.length();
            }
        }
        return weight;
    }
}
