package dev.dormouse.name;

import java.util.regex.Pattern;

/** The two shapes of names that Kubernetes allows, and so do we. */
final class DnsLabel {

    private static final int LABEL_LENGTH = 63;
    private static final int SUBDOMAIN_LENGTH = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private DnsLabel() {}

    static void require(String what, String value) {
        requireMatch(what, value, LABEL_LENGTH, LABEL, "lower case letters, digits and '-', not at either end");
    }

    static void requireSubdomain(String what, String value) {
        requireMatch(what, value, SUBDOMAIN_LENGTH, SUBDOMAIN, "DNS labels joined by '.'");
    }

    private static void requireMatch(String what, String value, int length, Pattern pattern, String allowed) {
        if (value == null || value.isEmpty()) {
            throw new InvalidNameException(what + " is required");
        }
        // the length first: a pattern is not run over input of unbounded size
        if (value.length() > length || !pattern.matcher(value).matches()) {
            throw new InvalidNameException(
                    "%s is not valid: at most %d characters of %s".formatted(what, length, allowed));
        }
    }
}
