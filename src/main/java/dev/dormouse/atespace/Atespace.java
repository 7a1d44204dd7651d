package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant boundary.
 *
 * @param owner whose it is, as whoever made it wrote; null for nobody's
 * @param quotas the limits that there are
 * @param version grows by one with every change of the record
 */
public record Atespace(
        AtespaceName name,
        UUID uid,
        @Nullable String owner,
        Map<String, String> labels,
        Map<Quota, Long> quotas,
        long version,
        Instant createdAt) {}
