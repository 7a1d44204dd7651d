package dev.dormouse.platform;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** What an application under test would export. */
@Singleton
@Unremovable
public class RecordedSpans {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    @Produces
    @Singleton
    @Unremovable
    SpanProcessor processor() {
        return SimpleSpanProcessor.create(exporter);
    }

    public List<SpanData> all() {
        return exporter.getFinishedSpanItems();
    }

    /** Of one actor's transitions and what they caused, in the order in which they ended. */
    public List<SpanData> of(String actor) {
        List<String> traces = all().stream()
                .filter(span -> actor.equals(span.getAttributes().get(AttributeKey.stringKey("dormouse.actor"))))
                .map(SpanData::getTraceId)
                .distinct()
                .toList();
        return all().stream().filter(span -> traces.contains(span.getTraceId())).toList();
    }
}
