package dev.dormouse.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What there is to say about the actors' names: all of them are at the router. Other names are others' to answer. */
final class ActorZone implements DnsServer.Zone {

    /** How long an answer may be kept, in seconds: the router's Service may be made anew. */
    static final int SECONDS = 30;

    /** Of the serial number and the times in the zone's SOA record; nobody transfers this zone. */
    private static final int[] SOA_TIMES = {1, 3600, 600, 86_400, SECONDS};

    private final String domain;
    private final Supplier<List<InetAddress>> addresses;

    /** @param addresses of the router; empty while they are unknown */
    ActorZone(String domain, Supplier<List<InetAddress>> addresses) {
        this.domain = domain.toLowerCase(Locale.ROOT) + ".";
        this.addresses = addresses;
    }

    @Override
    public void answer(DnsQuery query, DnsResponse response) {
        response.setRecursionDesired(query.isRecursionDesired());
        DnsRecord first = query.count(DnsSection.QUESTION) == 1 ? query.recordAt(DnsSection.QUESTION) : null;
        if (!(first instanceof DnsQuestion question)) {
            response.setCode(DnsResponseCode.FORMERR);
            return;
        }
        response.addRecord(DnsSection.QUESTION, question);
        if (query.opCode() != DnsOpCode.QUERY) {
            response.setCode(DnsResponseCode.NOTIMP);
            return;
        }
        String name = question.name().toLowerCase(Locale.ROOT);
        if (!name.equals(domain) && !name.endsWith("." + domain)) {
            response.setCode(DnsResponseCode.REFUSED);
            return;
        }
        response.setAuthoritativeAnswer(true);
        List<InetAddress> known = addresses.get();
        if (known.isEmpty()) {
            // asked again later, unlike a name that doesn't exist
            response.setCode(DnsResponseCode.SERVFAIL);
            return;
        }
        known.stream()
                .filter(address -> question.type().equals(type(address)))
                .forEach(address -> response.addRecord(DnsSection.ANSWER, record(question.name(), address)));
        if (response.count(DnsSection.ANSWER) == 0) {
            response.addRecord(DnsSection.AUTHORITY, startOfAuthority());
        }
    }

    private static DnsRecordType type(InetAddress address) {
        return address instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
    }

    private static DnsRecord record(String name, InetAddress address) {
        return new DefaultDnsRawRecord(name, type(address), SECONDS, Unpooled.wrappedBuffer(address.getAddress()));
    }

    /** That the name exists, without a record of the type that was asked for. */
    private DnsRecord startOfAuthority() {
        ByteBuf content = Unpooled.buffer();
        writeName(content, domain);
        writeName(content, "hostmaster." + domain);
        for (int time : SOA_TIMES) {
            content.writeInt(time);
        }
        return new DefaultDnsRawRecord(domain, DnsRecordType.SOA, SECONDS, content);
    }

    private static void writeName(ByteBuf content, String name) {
        for (String label : name.split("\\.")) {
            content.writeByte(label.length());
            ByteBufUtil.writeAscii(content, label);
        }
        content.writeByte(0);
    }
}
