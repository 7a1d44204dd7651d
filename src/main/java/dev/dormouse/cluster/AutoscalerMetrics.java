package dev.dormouse.cluster;

import dev.dormouse.name.PoolRef;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** What the replica that leads knows of autoscaled pools; the others say nothing of them. */
@Singleton
class AutoscalerMetrics {

    private final MeterRegistry registry;
    private final MultiGauge wanted;
    private final MultiGauge waiting;
    private List<Row<?>> wantedRows = new ArrayList<>();
    private List<Row<?>> waitingRows = new ArrayList<>();

    AutoscalerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.wanted = MultiGauge.builder("dormouse_pool_wanted_workers").register(registry);
        this.waiting = MultiGauge.builder("dormouse_pool_waiting_callers").register(registry);
    }

    /** Notes what a look at a pool showed, for {@link #publish}. */
    void seen(PoolRef pool, int workers, int callers) {
        wantedRows.add(Row.of(tags(pool), workers));
        waitingRows.add(Row.of(tags(pool), callers));
    }

    /** What was seen since the last time is what there is. */
    void publish() {
        wanted.register(wantedRows, true);
        waiting.register(waitingRows, true);
        wantedRows = new ArrayList<>();
        waitingRows = new ArrayList<>();
    }

    /** Others know it from now on. */
    void forget() {
        wantedRows.clear();
        waitingRows.clear();
        publish();
    }

    void scaled(PoolRef pool, boolean up) {
        registry.counter("dormouse_pool_scalings_total", tags(pool).and("direction", up ? "up" : "down"))
                .increment();
    }

    private static Tags tags(PoolRef pool) {
        return Tags.of("namespace", pool.namespace(), "pool", pool.name());
    }
}
