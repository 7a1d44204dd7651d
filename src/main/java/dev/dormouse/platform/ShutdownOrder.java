package dev.dormouse.platform;

/** The order in which a process ends, as priorities of {@code ShutdownEvent} observers: lower goes first. */
public final class ShutdownOrder {

    /** No new requests for actors; those under way may finish. */
    public static final int ROUTER = 10;

    /** Actors are put to sleep; needs workers and database. */
    public static final int ACTORS = 20;

    /** Sandboxes and slots are closed. */
    public static final int ATEOM = 30;

    /** What is left says that workers are gone. */
    public static final int WORKERS = 35;

    /** Nobody writes any more. */
    public static final int DATABASE = 40;

    private ShutdownOrder() {}
}
