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
        while (told.getCause() != null && !(told instanceof QuarkusBindException) && saysNothing(told)) {
            told = told.getCause();
        }
        return told;
    }

    private static boolean saysNothing(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                || message.equals("Failed to start quarkus")
                || message.equals(failure.getCause().toString())
                || failure.getCause() instanceof QuarkusBindException;
    }

    private static String join(String before, String line) {
        return before.isEmpty() ? line : line.isEmpty() ? before : before + " " + line;
    }
}
