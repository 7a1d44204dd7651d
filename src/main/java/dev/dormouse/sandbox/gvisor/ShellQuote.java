package dev.dormouse.sandbox.gvisor;

/** Makes one word of a POSIX shell out of any text. */
final class ShellQuote {

    private ShellQuote() {}

    static String of(Object word) {
        return "'" + word.toString().replace("'", "'\\''") + "'";
    }
}
