package dev.dormouse.router;

import io.netty.buffer.PooledByteBufAllocator;

/** Bytes that Netty's pools hold outside the heap: where bodies pass through. */
final class DirectMemory {

    private DirectMemory() {}

    static long used() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
