package dev.dormouse.access;

import java.util.Locale;

/** What is done to a resource, in the words of Kubernetes. A subresource that acts, such as {@code actors/resume}, is created. */
public enum Verb {
    GET,
    LIST,
    WATCH,
    CREATE,
    UPDATE,
    PATCH,
    DELETE;

    /** As Roles have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether something is another after it. */
    boolean changes() {
        return switch (this) {
            case GET, LIST, WATCH -> false;
            case CREATE, UPDATE, PATCH, DELETE -> true;
        };
    }
}
