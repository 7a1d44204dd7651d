package dev.dormouse.policy;

import java.util.regex.Pattern;

/** Host names that a rule speaks of: one, or with {@code *.} in front all below one, but not that one itself. */
public record HostPattern(String value) {

    /** How it is written. The last label begins with a letter, so that no address passes for a name. */
    public static final String PATTERN = "^(\\*\\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\\.)*[a-z]([-a-z0-9]*[a-z0-9])?$";

    public static final int MAX_LENGTH = 253;

    private static final Pattern WRITTEN = Pattern.compile(PATTERN);
    private static final String BELOW = "*.";

    /** @throws IllegalArgumentException when it isn't written as {@link #PATTERN} says */
    public HostPattern {
        if (value.length() > MAX_LENGTH || !WRITTEN.matcher(value).matches()) {
            throw new IllegalArgumentException("not a host name such as example.com or *.example.com");
        }
    }

    /** @param host in lower case, without a dot at its end */
    public boolean matches(String host) {
        return value.startsWith(BELOW)
                ? host.length() >= value.length() && host.endsWith(value.substring(1))
                : host.equals(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
