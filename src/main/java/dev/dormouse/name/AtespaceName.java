package dev.dormouse.name;

import org.jspecify.annotations.Nullable;

/**
 * The name of a tenant boundary. A DNS label, so it may become a path component, a host label or an SQL value.
 *
 * @param value 1 to 63 characters of {@code [a-z0-9-]}, beginning and ending with a letter or digit
 */
public record AtespaceName(String value) implements Comparable<AtespaceName> {

    /** Always exists; actors named without an atespace live here. */
    public static final AtespaceName DEFAULT = new AtespaceName("default");

    /** Reserved for the golden actors of templates; users can't create actors in it. */
    public static final AtespaceName GOLDEN = new AtespaceName("ate-golden");

    /** @throws InvalidNameException when it is anything else */
    public AtespaceName {
        DnsLabel.require("atespace", value);
    }

    @Override
    public int compareTo(AtespaceName other) {
        return value.compareTo(other.value);
    }

    // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof AtespaceName name && value.equals(name.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
