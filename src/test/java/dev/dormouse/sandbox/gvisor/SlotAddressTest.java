package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SlotAddressTest {

    @Test
    void noTwoSlotsOfAMachineShareAnAddressOrAName() {
        Set<String> seen = new HashSet<>();

        for (int instance = 0; instance < InstanceNumber.COUNT; instance++) {
            for (int index = 0; index < SlotAddress.SLOTS; index++) {
                SlotAddress address = new SlotAddress(instance, index);
                assertThat(seen.add(address.hostIp())).isTrue();
                assertThat(seen.add(address.slotIp())).isTrue();
                assertThat(seen.add(address.hostInterface())).isTrue();
                assertThat(address.hostInterface()).hasSizeLessThanOrEqualTo(15);
            }
        }
    }

    @Test
    void theLastSlotIsStillInTheRange() {
        SlotAddress last = new SlotAddress(63, 255);

        assertThat(last.hostIp()).isEqualTo("198.19.255.253");
        assertThat(last.slotIp()).isEqualTo("198.19.255.254");
        assertThat(SlotAddress.subnet(63)).isEqualTo("198.19.252.0/22");
    }
}
