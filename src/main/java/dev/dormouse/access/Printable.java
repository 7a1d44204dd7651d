package dev.dormouse.access;

/** Text from outside on its way into a line. */
final class Printable {

    private static final int LONGEST = 256;

    private Printable() {}

    /** In one line, without what would steer a terminal, and not endless. */
    static String of(Object text) {
        String plain = text.toString().replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "…";
    }
}
