package dev.dormouse.actor;

/** Messages from sandboxes and stores, made fit for the record: a message the database refuses would leave its actor stuck. */
final class ErrorText {

    private static final int LIMIT = 2000;

    private ErrorText() {}

    static String safe(String message) {
        StringBuilder safe = new StringBuilder(Math.min(message.length(), LIMIT));
        message.codePoints()
                .limit(LIMIT)
                // PostgreSQL has no NUL in text, and lone surrogates have no UTF-8
                .filter(c -> c != 0 && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE))
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }
}
