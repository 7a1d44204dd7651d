package dev.dormouse.cli;

/** Ends a command with exit code 1. The message is one sentence for the user that says what to do. */
final class CommandFailed extends RuntimeException {

    CommandFailed(String message) {
        super(message, null, false, false);
    }
}
