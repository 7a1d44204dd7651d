package dev.dormouse.sandbox.gvisor;

/**
 * Names and addresses of one slot, all derived from two numbers. The range is 198.19.0.0/16, half of what RFC 2544 sets aside
 * for device tests and so in nobody's network: 64 instances, 256 slots each, four addresses each.
 *
 * @param instance number of this process on the machine
 * @param index of the slot in this process
 */
record SlotAddress(int instance, int index) {

    static final int SLOTS = 256;
    /** Begins the names of the interfaces of all instances. */
    static final String ANY = "dorm";

    static final String RANGE = "198.19.0.0/16";

    /** The actor's side of its own link: the same everywhere, so that a snapshot feels at home in any slot. */
    static final String ACTOR_IP = "169.254.17.2";

    static final String ACTOR_MAC = "02:d0:11:00:00:02";
    static final String GATEWAY_IP = "169.254.17.1";
    static final String GATEWAY_MAC = "02:d0:11:00:00:01";

    /** Begins the names of all interfaces of one instance. */
    static String prefix(int instance) {
        return ANY + instance + "-";
    }

    static String subnet(int instance) {
        return "198.19.%d.0/22".formatted(instance * 4);
    }

    String hostInterface() {
        return prefix(instance) + index;
    }

    String hostIp() {
        return ip(1);
    }

    String slotIp() {
        return ip(2);
    }

    String hostMac() {
        return mac(1);
    }

    String slotMac() {
        return mac(2);
    }

    private String ip(int host) {
        int offset = index * 4 + host;
        return "198.19.%d.%d".formatted(instance * 4 + offset / 256, offset % 256);
    }

    private String mac(int host) {
        return "02:d0:10:%02x:%02x:%02x".formatted(instance, index, host);
    }
}
