package dev.dormouse.platform;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How lists are cut into pages: a size and an opaque token that says where to go on. */
public final class Paging {

    /** The largest page, and the one that a size of 0 asks for. */
    public static final int LARGEST = 1000;

    // first in each token, so that a later form can be told apart
    private static final String VERSION = "1";
    // never part of a name
    private static final String SEPARATOR = "\n";
    private static final int LONGEST_TOKEN = 1024;

    private Paging() {}

    /**
     * @param text the query parameter; null means 0
     * @return 1 to {@link #LARGEST}
     * @throws Failure INVALID_ARGUMENT
     */
    public static int size(@Nullable String text) {
        try {
            return size(text == null || text.isEmpty() ? 0 : Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw badSize();
        }
    }

    /**
     * @param size as asked for
     * @return 1 to {@link #LARGEST}
     * @throws Failure INVALID_ARGUMENT
     */
    public static int size(int size) {
        if (size < 0 || size > LARGEST) {
            throw badSize();
        }
        return size == 0 ? LARGEST : size;
    }

    private static Failure badSize() {
        return new Failure(Code.INVALID_ARGUMENT, "pageSize must be a number from 0 to 1000; 0 means 1000");
    }

    /** A token that holds these names. */
    public static String token(String... names) {
        String text = VERSION + SEPARATOR + String.join(SEPARATOR, names);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What {@link #token} was given; the caller checks that they are names.
     *
     * @throws Failure INVALID_ARGUMENT when it is not a token of ours with so many names
     */
    public static List<String> names(String token, int count) {
        try {
            if (token.length() <= LONGEST_TOKEN) {
                String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
                var parts = List.of(text.split(SEPARATOR, -1));
                if (parts.size() == count + 1 && parts.getFirst().equals(VERSION)) {
                    return parts.subList(1, parts.size());
                }
            }
        } catch (IllegalArgumentException e) {
            // answered below
        }
        throw badToken();
    }

    /** What a token is answered that doesn't lead anywhere. */
    public static Failure badToken() {
        return new Failure(Code.INVALID_ARGUMENT, "pageToken is not valid; start again without it");
    }
}
