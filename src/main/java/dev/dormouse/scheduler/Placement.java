package dev.dormouse.scheduler;

/** Where an actor goes. */
public sealed interface Placement {

    /** This free worker is the best. */
    record Placed(Candidate worker) implements Placement {}

    /** Workers that fit may become free: wait. */
    record AllBusy() implements Placement {}

    /** No pool fits, whoever leaves. */
    record NoPool() implements Placement {}

    /** Every worker of the fitting pools has another sandbox build or CPU than the memory snapshot needs. */
    record NoHardware() implements Placement {}
}
