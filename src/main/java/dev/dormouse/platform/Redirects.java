package dev.dormouse.platform;

import java.util.Map;

/**
 * Prefixes of names to what stands there instead; the longest that fits wins. A prefix ends where a part of the name does:
 * {@code ghcr.io/acme} fits {@code ghcr.io/acme/x} and not {@code ghcr.io/acmeist/x}.
 */
public record Redirects(Map<String, String> prefixes) {

    private static final String SEPARATORS = "/:@";

    public Redirects {
        prefixes = Map.copyOf(prefixes);
    }

    /** The name with its prefix replaced, or as it is. Applied once: the result isn't looked up again. */
    public String apply(String name) {
        String best = "";
        for (String prefix : prefixes.keySet()) {
            if (prefix.length() > best.length() && fits(prefix, name)) {
                best = prefix;
            }
        }
        return best.isEmpty() ? name : prefixes.get(best) + name.substring(best.length());
    }

    private static boolean fits(String prefix, String name) {
        return name.startsWith(prefix)
                && (name.length() == prefix.length()
                        || SEPARATORS.indexOf(prefix.charAt(prefix.length() - 1)) >= 0
                        || SEPARATORS.indexOf(name.charAt(prefix.length())) >= 0);
    }
}
