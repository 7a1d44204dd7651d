package dev.dormouse.router;

import dev.dormouse.name.ActorKey;
import org.jspecify.annotations.Nullable;

/**
 * What a Host header names.
 *
 * @param port the actor's own port, 1 to 65535
 */
record ActorAddress(ActorKey key, int port) {

    // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof ActorAddress address && port == address.port && key.equals(address.key);
    }

    @Override
    public String toString() {
        return key + ":" + port;
    }
}
