package dev.dormouse.ateom;

import dev.dormouse.dns.DnsServer;
import dev.dormouse.dns.Lookup;
import dev.dormouse.dns.Lookup.Answer;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.io.IOException;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Answers the questions of one slot's actor for host names: of those only that its policy speaks of, whose addresses it may connect to
 * before it is told them.
 */
final class NameServer implements DnsServer.Zone, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NameServer.class);

    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(1);
    /** From the answer to the connection. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private static final int AT_ONCE = 16;
    private static final int REMEMBERED = 1000;

    private final String address;
    private final Lookup lookup;
    private final Executor executor;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    // Guarded by this.
    private @Nullable DnsServer server;
    private volatile @Nullable Client client;

    /** The sandbox that asks, and what it was told. */
    private record Client(EgressPolicy policy, Prepared sandbox, Map<String, Told> told) {}

    private record Told(boolean exists, List<Inet4Address> addresses, long until) {}

    /**
     * @param address of the slot's gateway
     * @param executor for blocking work
     */
    NameServer(String address, Lookup lookup, Executor executor) {
        this.address = address;
        this.lookup = lookup;
        this.executor = executor;
    }

    /** Listens from the first time on: few templates need it. Blocks. */
    synchronized int port() {
        if (server == null) {
            server = new DnsServer(address, 0, this, executor);
        }
        return server.port();
    }

    /** Answers this sandbox from now on, and no other. */
    void serve(Prepared sandbox) {
        var egress = sandbox.bundle().egress();
        client = egress == null ? null : new Client(egress.policy(), sandbox, new ConcurrentHashMap<>());
    }

    @Override
    public void answer(DnsQuery query, DnsResponse response) {
        response.setRecursionDesired(query.isRecursionDesired());
        response.setRecursionAvailable(true);
        DnsRecord first = query.count(DnsSection.QUESTION) == 1 ? query.recordAt(DnsSection.QUESTION) : null;
        if (!(first instanceof DnsQuestion question)) {
            response.setCode(DnsResponseCode.FORMERR);
            return;
        }
        response.addRecord(DnsSection.QUESTION, question);
        if (query.opCode() != DnsOpCode.QUERY) {
            response.setCode(DnsResponseCode.NOTIMP);
        } else if (!turns.tryAcquire()) {
            // asked again later; an actor that floods takes no more of the node
            response.setCode(DnsResponseCode.SERVFAIL);
        } else {
            try {
                answer(question, response);
            } finally {
                turns.release();
            }
        }
    }

    private void answer(DnsQuestion question, DnsResponse response) {
        Client asking = client;
        String host = host(question.name());
        List<Integer> rules = asking == null ? List.of() : asking.policy().rulesFor(host);
        if (asking == null || rules.isEmpty()) {
            response.setCode(DnsResponseCode.REFUSED);
        } else if (question.type().equals(DnsRecordType.A)) {
            try {
                respond(question, told(asking, host, rules), response);
            } catch (IOException | SandboxException e) {
                LOG.debugf("an actor's question for %s has no answer: %s", host, e.getMessage());
                response.setCode(DnsResponseCode.SERVFAIL);
            }
        }
        // of other types there are none: nothing leaves a sandbox by IPv6, and texts could carry anything
    }

    private static String host(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private Told told(Client asking, String host, List<Integer> rules) throws IOException, SandboxException {
        Told known = asking.told().get(host);
        if (known != null && known.until() - System.nanoTime() > 0) {
            return known;
        }
        Answer answer = lookup.addresses(host);
        Duration keep = within(answer.keep());
        for (int rule : rules) {
            asking.sandbox().allow(rule, answer.addresses(), keep.plus(MARGIN));
        }
        Told now = new Told(answer.exists(), answer.addresses(), System.nanoTime() + keep.toNanos());
        if (asking.told().size() >= REMEMBERED) {
            asking.told().clear();
        }
        asking.told().put(host, now);
        return now;
    }

    private static Duration within(Duration keep) {
        Duration atLeast = keep.compareTo(SHORTEST) < 0 ? SHORTEST : keep;
        return atLeast.compareTo(LONGEST) > 0 ? LONGEST : atLeast;
    }

    private static void respond(DnsQuestion question, Told told, DnsResponse response) {
        if (!told.exists()) {
            response.setCode(DnsResponseCode.NXDOMAIN);
        }
        long left =
                Duration.ofNanos(Math.max(0, told.until() - System.nanoTime())).toSeconds();
        for (Inet4Address each : told.addresses()) {
            response.addRecord(
                    DnsSection.ANSWER,
                    new DefaultDnsRawRecord(
                            question.name(), DnsRecordType.A, left, Unpooled.wrappedBuffer(each.getAddress())));
        }
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
        }
    }
}
