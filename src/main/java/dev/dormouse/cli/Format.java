package dev.dormouse.cli;

/** How a command prints its result. */
enum Format {
    TABLE,
    WIDE,
    JSON,
    YAML,
    NAME;

    boolean isTable() {
        return this == TABLE || this == WIDE;
    }
}
