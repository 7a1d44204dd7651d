package dev.dormouse.access;

import org.jspecify.annotations.Nullable;

/** One call on its way through the gate: what it brings, what it wants, and who sends it, once that is known. */
final class Passage {

    private final Credentials credentials;
    private volatile Permission permission;
    private volatile @Nullable Caller caller;

    Passage(Credentials credentials, Permission permission) {
        this.credentials = credentials;
        this.permission = permission;
    }

    Credentials credentials() {
        return credentials;
    }

    Permission permission() {
        return permission;
    }

    /** Null until it is known. */
    @Nullable
    Caller caller() {
        return caller;
    }

    void aimAt(Target target) {
        permission = permission.in(target.atespace(), target.name());
    }

    void sentBy(Caller known) {
        caller = known;
    }
}
