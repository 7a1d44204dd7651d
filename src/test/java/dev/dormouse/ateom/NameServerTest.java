package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.dns.DnsServer;
import dev.dormouse.dns.Lookup;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.policy.EgressRule;
import dev.dormouse.policy.HostPattern;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.vertx.core.Vertx;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Asked by Vert.x' client of DNS, as an actor would. */
class NameServerTest {

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger questions = new AtomicInteger();
    private final DnsServer upstream = new DnsServer("127.0.0.1", 0, this::answer, Runnable::run);
    private final NameServer names = new NameServer(
            "127.0.0.1", new Lookup(() -> List.of(new InetSocketAddress("127.0.0.1", upstream.port()))), threads);
    private final List<String> allowed = Collections.synchronizedList(new ArrayList<>());

    private void answer(DnsQuery query, DnsResponse response) {
        questions.incrementAndGet();
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        response.addRecord(DnsSection.QUESTION, question);
        if (question.name().startsWith("missing.")) {
            response.setCode(DnsResponseCode.NXDOMAIN);
        } else {
            response.addRecord(
                    DnsSection.ANSWER,
                    new DefaultDnsRawRecord(question.name(), DnsRecordType.A, 120, Unpooled.wrappedBuffer(new byte[] {
                        (byte) 192, 0, 2, 7
                    })));
        }
    }

    @AfterEach
    void close() {
        names.close();
        upstream.close();
        threads.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private final class Sandbox implements Prepared {
        private final List<String> hosts;
        private boolean ended;

        Sandbox(String... hosts) {
            this.hosts = List.of(hosts);
        }

        @Override
        public Bundle bundle() {
            List<EgressRule> rules = hosts.stream()
                    .map(host -> new EgressRule(List.of(new HostPattern(host)), List.of(), List.of()))
                    .toList();
            return new Bundle(
                    "b",
                    List.of(),
                    Path.of("/"),
                    List.of(),
                    0,
                    null,
                    new Egress(new EgressPolicy(false, rules), List.of(), 53));
        }

        @Override
        public void allow(int rule, List<Inet4Address> addresses, Duration time) throws SandboxException {
            if (ended) {
                throw new SandboxException(Kind.FAILED, "the sandbox has ended");
            }
            allowed.add("%d %s %d".formatted(rule, addresses, time.toSeconds()));
        }

        @Override
        public Running restore(Path image) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Running boot() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void discard() {}
    }

    private List<String> ask(String name) throws Exception {
        return vertx.createDnsClient(names.port(), "127.0.0.1")
                .resolveA(name)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void anAddressIsAllowedForEachRuleThatNamesItsHostAndThenTold() throws Exception {
        names.serve(new Sandbox("a.example", "b.example", "*.example"));

        assertThat(ask("A.example")).containsExactly("192.0.2.7");

        assertThat(allowed).containsExactly("0 [/192.0.2.7] 150", "2 [/192.0.2.7] 150");
    }

    @Test
    void otherNamesAreRefusedAndNobodyIsAskedForThem() {
        names.serve(new Sandbox("a.example"));

        assertThatThrownBy(() -> ask("secrets.b.example")).hasMessageContaining("REFUSED");
        assertThatThrownBy(() -> ask("x.a.example")).hasMessageContaining("REFUSED");

        assertThat(questions.get()).isZero();
        assertThat(allowed).isEmpty();
    }

    @Test
    void whatWasToldIsNotAskedForAgain() throws Exception {
        names.serve(new Sandbox("a.example"));

        ask("a.example");
        ask("a.example");

        assertThat(questions.get()).isOne();
    }

    @Test
    void theNextSandboxStartsWithNothing() throws Exception {
        names.serve(new Sandbox("a.example"));
        ask("a.example");

        names.serve(new Sandbox("a.example"));
        ask("a.example");

        assertThat(allowed).hasSize(2);
    }

    @Test
    void aNameThatIsNotThereIsSaidNotToBe() {
        names.serve(new Sandbox("missing.example"));

        assertThatThrownBy(() -> ask("missing.example")).hasMessageContaining("NXDOMAIN");
    }

    @Test
    void otherRecordsThereAreNone() throws Exception {
        names.serve(new Sandbox("a.example"));

        assertThat(vertx.createDnsClient(names.port(), "127.0.0.1")
                        .resolveAAAA("a.example")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .isEmpty();
        assertThat(questions.get()).isZero();
    }

    @Test
    void anAddressThatCouldNotBeAllowedIsNotTold() {
        Sandbox ended = new Sandbox("a.example");
        ended.ended = true;
        names.serve(ended);

        assertThatThrownBy(() -> ask("a.example")).hasMessageContaining("SERVFAIL");
    }
}
