package dev.dormouse.crd;

import java.util.Set;

/** What a schema can ask of a field, with the reason that an API server gives for a refusal. */
enum Constraint {
    RULE("FieldValueInvalid"),
    REQUIRED("FieldValueRequired"),
    MAX_ITEMS("FieldValueTooMany"),
    MAX_LENGTH("FieldValueTooLong"),
    ENUM("FieldValueNotSupported"),
    MIN_LENGTH("FieldValueInvalid"),
    BOUNDS("FieldValueInvalid"),
    PATTERN("FieldValueInvalid");

    private final String reason;

    Constraint(String reason) {
        this.reason = reason;
    }

    String reason() {
        return reason;
    }

    /**
     * Which one a message of ours speaks of.
     *
     * @param rules the messages of the CEL rules
     */
    static Constraint of(String message, Set<String> rules) {
        if (rules.contains(message)) {
            return RULE;
        }
        if (message.equals("Required value")) {
            return REQUIRED;
        }
        if (message.startsWith("Must have at most")) {
            return MAX_ITEMS;
        }
        if (message.startsWith("Must be at most")) {
            return MAX_LENGTH;
        }
        if (message.startsWith("Must be one of")) {
            return ENUM;
        }
        if (message.startsWith("Must be at least 1 character")) {
            return MIN_LENGTH;
        }
        return message.matches("Must be (between|at least) .*") ? BOUNDS : PATTERN;
    }
}
