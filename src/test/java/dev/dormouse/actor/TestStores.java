package dev.dormouse.actor;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.platform.Batcher;
import dev.dormouse.platform.Database;

/** Makes stores for tests of other packages. */
public final class TestStores {

    private TestStores() {}

    public static ActorStore on(Database database, ChangeFeed feed) {
        return new PostgresActorStore(database, feed, new Batcher.Limits(256, 2), reached -> {});
    }
}
