package dev.dormouse.sandbox.host;

/** Makes one word of a POSIX shell out of any text. */
public final class ShellQuote {

    private ShellQuote() {}

    public static String of(Object word) {
        return "'" + word.toString().replace("'", "'\\''") + "'";
    }
}
