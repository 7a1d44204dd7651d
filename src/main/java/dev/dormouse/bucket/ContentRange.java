package dev.dormouse.bucket;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of an object an answer has.
 *
 * @param total size of the object
 */
record ContentRange(long first, long total) {

    private static final Pattern HEADER = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

    /**
     * @param header Content-Range; without it the answer is the whole object
     */
    static ContentRange parse(@Nullable String header, @Nullable Long contentLength) {
        Matcher matcher = HEADER.matcher(header == null ? "" : header);
        return matcher.matches()
                ? new ContentRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
                : new ContentRange(0, contentLength == null ? 0 : contentLength);
    }

    /** Fails when an answer begins elsewhere than at what was asked for. */
    void requireFrom(long from) throws BucketException {
        if (first != from) {
            throw new BucketException("the store sent the bytes from %d on instead of %d".formatted(first, from), null);
        }
    }

    /** How many bytes an answer from a position on must have. */
    int lengthFrom(long from, int atMost) {
        return Math.clamp(total - from, 0, atMost);
    }
}
