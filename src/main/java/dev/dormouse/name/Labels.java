package dev.dormouse.name;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Labels as Kubernetes has them: keys of an optional DNS prefix and a name, short values. */
public final class Labels {

    private static final int NAME_LENGTH = 63;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");

    private Labels() {}

    /**
     * @param what how the caller calls them, as in "labels"
     * @param limit how many there may be
     * @return an unmodifiable copy; empty for null
     * @throws InvalidNameException naming the label that is not well formed
     */
    public static Map<String, String> checked(String what, @Nullable Map<String, String> labels, int limit) {
        if (labels == null) {
            return Map.of();
        }
        if (labels.size() > limit) {
            throw new InvalidNameException(what + " has more than " + limit + " labels");
        }
        labels.forEach((key, value) -> require(what, key, value));
        return Map.copyOf(labels);
    }

    private static void require(String what, String key, @Nullable String value) {
        int slash = key.indexOf('/');
        if (slash >= 0) {
            DnsLabel.requireSubdomain(what + ": the prefix of a key", key.substring(0, slash));
        }
        if (!isName(key.substring(slash + 1))) {
            throw new InvalidNameException(what + ": a key is not valid: " + allowed());
        }
        // the key is well formed from here on, so it may be shown
        if (value == null || !(value.isEmpty() || isName(value))) {
            throw new InvalidNameException(what + ": the value of " + key + " is not valid: empty, or " + allowed());
        }
    }

    private static boolean isName(String text) {
        return text.length() <= NAME_LENGTH && NAME.matcher(text).matches();
    }

    private static String allowed() {
        return "at most " + NAME_LENGTH + " characters of letters, digits, '-', '_' and '.', not at either end";
    }
}
