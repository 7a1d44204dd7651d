package dev.dormouse.name;

/**
 * The name of a container or a volume within a template. A DNS label, so it may become a path component.
 *
 * @param value 1 to 63 characters of {@code [a-z0-9-]}, beginning and ending with a letter or digit
 */
public record PartName(String value) {

    /** @throws InvalidNameException when it is anything else */
    public PartName {
        DnsLabel.require("container or volume name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
