package dev.dormouse;

import io.quarkus.runtime.QuarkusBindException;

/** Why a start failed, as a line for the user. */
final class StartFailure {

    private StartFailure() {}

    static String sentence(Throwable failure) {
        Throwable told = told(failure);
        if (told instanceof QuarkusBindException bind) {
            return "port %d of %s is in use: end who listens there, or choose another port"
                    .formatted(bind.getPort(), bind.getHost());
        }
        String message = told.getMessage();
        return message == null
                ? told.toString()
                : message.lines().map(String::strip).reduce("", StartFailure::join);
    }

    /** What was thrown, without the wrappers that only say that something was. */
    private static Throwable told(Throwable failure) {
        Throwable told = failure;
        for (Throwable cause = told.getCause(); cause != null && saysNothing(told, cause); cause = told.getCause()) {
            told = cause;
        }
        return told;
    }

    private static boolean saysNothing(Throwable failure, Throwable cause) {
        String message = failure.getMessage();
        return message == null
                || message.equals("Failed to start quarkus")
                || message.equals(cause.toString())
                || isOfAPort(cause);
    }

    private static boolean isOfAPort(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof QuarkusBindException || (cause != null && isOfAPort(cause));
    }

    private static String join(String before, String line) {
        return before.isEmpty() ? line : line.isEmpty() ? before : before + " " + line;
    }
}
