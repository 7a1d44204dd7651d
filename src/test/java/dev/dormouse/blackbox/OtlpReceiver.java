package dev.dormouse.blackbox;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector that keeps what it gets, over OTLP and gRPC. */
final class OtlpReceiver implements AutoCloseable {

    /**
     * @param parent span id; empty for a root
     * @param error the status's description; null unless the status is an error
     */
    record Span(
            String service,
            Map<String, String> resource,
            String traceId,
            String id,
            String parent,
            String name,
            Map<String, String> attributes,
            String error,
            long startNanos,
            long endNanos) {}

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final Server server;

    OtlpReceiver() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new TraceServiceGrpc.TraceServiceImplBase() {
                    @Override
                    public void export(
                            ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
                        request.getResourceSpansList().forEach(OtlpReceiver.this::keep);
                        answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .build()
                .start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** All spans that have come. */
    List<Span> spans() {
        return spans;
    }

    /** Those of one trace that have come. */
    List<Span> trace(String traceId) {
        return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    private void keep(ResourceSpans from) {
        Map<String, String> resource = map(from.getResource().getAttributesList());
        from.getScopeSpansList().stream()
                .flatMap(scope -> scope.getSpansList().stream())
                .forEach(span -> spans.add(new Span(
                        resource.getOrDefault("service.name", ""),
                        resource,
                        hex(span.getTraceId()),
                        hex(span.getSpanId()),
                        hex(span.getParentSpanId()),
                        span.getName(),
                        map(span.getAttributesList()),
                        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR
                                ? span.getStatus().getMessage()
                                : null,
                        span.getStartTimeUnixNano(),
                        span.getEndTimeUnixNano())));
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Map<String, String> map(List<KeyValue> attributes) {
        Map<String, String> map = new HashMap<>();
        attributes.forEach(
                attribute -> map.put(attribute.getKey(), attribute.getValue().getStringValue()));
        return map;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
