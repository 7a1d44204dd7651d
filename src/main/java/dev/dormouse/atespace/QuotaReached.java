package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a quota refused something with.
 *
 * @param limit the most there may be
 * @param used how much there is
 * @param retryAfter when there will be room for sure; null when that takes a change
 */
public record QuotaReached(
        Quota quota, long limit, long used, @Nullable Duration retryAfter) {

    /** How many columns {@link #read} takes. */
    public static final int COLUMNS = 4;

    /**
     * What {@code room_for_actors} and {@code room_for_wakes} say: quota, most, used, retry_ms.
     *
     * @param first the column where they begin
     * @return null where no quota is reached
     */
    public static @Nullable QuotaReached read(Row row, int first) {
        String quota = row.getString(first);
        if (quota == null) {
            return null;
        }
        Long retryMillis = row.getLong(first + 3);
        return new QuotaReached(
                Quota.valueOf(quota),
                row.getLong(first + 1),
                row.getLong(first + 2),
                retryMillis == null ? null : Duration.ofMillis(retryMillis));
    }

    /** What the caller is told: RESOURCE_EXHAUSTED. */
    public Failure failure(AtespaceName atespace) {
        return new Failure(
                Code.RESOURCE_EXHAUSTED,
                "quota %s of atespace %s is reached: limit %d, used %d"
                        .formatted(quota.wireName(), atespace, limit, used),
                retryAfter,
                null);
    }
}
