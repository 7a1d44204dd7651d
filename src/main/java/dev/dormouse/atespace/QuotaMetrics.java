package dev.dormouse.atespace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Counts what quotas refused. */
@Singleton
public class QuotaMetrics {

    private final Map<Quota, Counter> refusals = new EnumMap<>(Quota.class);

    public QuotaMetrics(MeterRegistry registry) {
        for (Quota quota : Quota.values()) {
            refusals.put(
                    quota,
                    Counter.builder("dormouse_quota_refusals_total")
                            .tag("quota", quota.wireName())
                            .register(registry));
        }
    }

    /** One more was refused. */
    public void refused(QuotaReached reached) {
        Objects.requireNonNull(refusals.get(reached.quota())).increment();
    }
}
