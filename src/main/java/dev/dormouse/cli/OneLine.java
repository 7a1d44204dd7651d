package dev.dormouse.cli;

import org.jspecify.annotations.Nullable;

/** Text from outside on its way to a terminal. */
final class OneLine {

    private OneLine() {}

    /** In one line and without control characters: what an actor wrote must not steer the user's terminal. */
    static String of(@Nullable String text) {
        if (text == null) {
            return "";
        }
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(line::appendCodePoint);
        return line.toString().strip();
    }
}
