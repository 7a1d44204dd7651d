package dev.dormouse.platform;

/**
 * One rule that a declared object breaks.
 *
 * @param field where, as Kubernetes writes it: {@code spec.containers[0].image}
 * @param message which rule; safe to show, holds no value of the object
 */
public record Violation(String field, String message) {

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
