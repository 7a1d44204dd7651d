package dev.dormouse.journal;

import io.smallrye.mutiny.Multi;

/** A feed within one process: every replica of a test hears every change at once. */
public final class TestFeed implements ChangeFeed {

    private final Subscribers subscribers = new Subscribers(16_384);

    @Override
    public Multi<Change> changes() {
        return subscribers.changes();
    }

    @Override
    public void publish(Change change) {
        subscribers.offer(change);
    }

    @Override
    public void publishHere(Change change) {
        publish(change);
    }
}
