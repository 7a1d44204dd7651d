package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.name.PartName;

/** What the sandbox runtime calls a worker's slot: unique on the node, and the same after a restart. */
final class SlotName {

    private SlotName() {}

    /** Its UUID, which is a DNS label. */
    static String of(Slot slot) {
        return new PartName(slot.getWorkerUid()).value();
    }
}
