package dev.dormouse.router;

import dev.dormouse.name.ActorKey;

/**
 * What a Host header names.
 *
 * @param port the actor's own port, 1 to 65535
 */
record ActorAddress(ActorKey key, int port) {

    @Override
    public String toString() {
        return key + ":" + port;
    }
}
