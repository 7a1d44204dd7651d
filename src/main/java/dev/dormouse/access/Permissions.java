package dev.dormouse.access;

import io.smallrye.mutiny.Uni;

/** Knows who may do what. */
public interface Permissions {

    /** Fails UNAVAILABLE when nobody can say at the moment. */
    Uni<Boolean> allow(Caller caller, Permission permission);
}
