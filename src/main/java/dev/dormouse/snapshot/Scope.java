package dev.dormouse.snapshot;

/** What a snapshot holds. */
public enum Scope {
    /** Memory, root file system delta and durable directories: the actor goes on where it stopped. */
    FULL,
    /** Durable directories only: the next activation boots and finds its files. */
    DATA
}
