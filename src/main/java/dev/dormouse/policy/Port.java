package dev.dormouse.policy;

/** A port at the other end. */
public record Port(int number, Protocol protocol) {

    private static final int MAX = 65_535;

    public enum Protocol {
        TCP,
        UDP
    }

    /** @throws IllegalArgumentException when there is no such port */
    public Port {
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException("a port is a number from 1 to " + MAX);
        }
    }
}
