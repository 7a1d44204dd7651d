package dev.dormouse.name;

/** A name from outside that isn't well formed. The message says which name and what is allowed; it is safe to show. */
public final class InvalidNameException extends IllegalArgumentException {

    InvalidNameException(String message) {
        super(message);
    }
}
