package dev.dormouse.router;

import java.util.concurrent.atomic.AtomicInteger;

/** The places where requests wait for their actors, counted over all event loops. */
final class Parking {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    Parking(int places) {
        this.places = places;
    }

    /** Takes a place; false when all are taken. */
    boolean enter() {
        if (taken.incrementAndGet() > places) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        taken.decrementAndGet();
    }

    int taken() {
        return Math.min(taken.get(), places);
    }

    int places() {
        return places;
    }
}
