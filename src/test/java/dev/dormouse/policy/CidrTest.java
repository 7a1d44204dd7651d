package dev.dormouse.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CidrTest {

    @Property
    void whatIsWrittenIsReadAgain(@ForAll @Size(4) byte[] octets, @ForAll @IntRange(max = 32) int prefix)
            throws UnknownHostException {
        Cidr range = Cidr.parse(InetAddress.getByAddress(octets).getHostAddress() + "/" + prefix);

        assertThat(Cidr.parse(range.toString())).isEqualTo(range);
        assertThat(range.contains(InetAddress.getByAddress(octets))).isTrue();
    }

    @Property
    void whatIsWrittenIsReadAgainByIpv6Too(@ForAll @Size(16) byte[] octets, @ForAll @IntRange(max = 128) int prefix)
            throws UnknownHostException {
        Cidr range = new Cidr(128, new java.math.BigInteger(1, octets), prefix);

        assertThat(Cidr.parse(range.toString())).isEqualTo(range);
    }

    @Property
    void itHoldsTheAddressesThatBeginLikeIt(
            @ForAll @Size(4) byte[] network, @ForAll @Size(4) byte[] address, @ForAll @IntRange(max = 32) int prefix)
            throws UnknownHostException {
        Cidr range = Cidr.parse(InetAddress.getByAddress(network).getHostAddress() + "/" + prefix);

        int differing = value(network) ^ value(address);

        assertThat(range.contains(InetAddress.getByAddress(address)))
                .isEqualTo(prefix == 0 || differing >>> (32 - prefix) == 0);
    }

    @Property
    void aRangeHoldsAnotherWhenItHoldsBothItsEnds(
            @ForAll @Size(4) byte[] one,
            @ForAll @IntRange(max = 32) int prefix,
            @ForAll @Size(4) byte[] other,
            @ForAll @IntRange(max = 32) int otherPrefix)
            throws UnknownHostException {
        Cidr range = Cidr.parse(InetAddress.getByAddress(one).getHostAddress() + "/" + prefix);
        int mask = otherPrefix == 0 ? 0 : -1 << (32 - otherPrefix);
        Cidr inner = Cidr.parse(InetAddress.getByAddress(other).getHostAddress() + "/" + otherPrefix);

        assertThat(range.contains(inner))
                .isEqualTo(
                        range.contains(address(value(other) & mask)) && range.contains(address(value(other) | ~mask)));
    }

    @Test
    void theFormsOfIpv6AreOne() {
        assertThat(Cidr.parse("2001:db8::/32")).isEqualTo(Cidr.parse("2001:0db8:0:0:0:0:0:1/32"));
        assertThat(Cidr.parse("::/0").toString()).isEqualTo("0:0:0:0:0:0:0:0/0");
        assertThat(Cidr.parse("1::8/128").toString()).isEqualTo("1:0:0:0:0:0:0:8/128");
        assertThat(Cidr.parse("::ffff:102:304/128").isIpv4()).isFalse();
        assertThat(Cidr.parse("::/0").contains(Cidr.parse("10.0.0.0/8"))).isFalse();
    }

    @Test
    void anythingElseIsRefused() {
        for (String text :
                new String[] {"", "10.0.0.0", "10.0.0.0/33", "1.2.3/8", "a/8", "::/129", ":::/1", "10.0.0.0/8 }"}) {
            assertThatThrownBy(() -> Cidr.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static int value(byte[] octets) {
        return java.nio.ByteBuffer.wrap(octets).getInt();
    }

    private static InetAddress address(int value) throws UnknownHostException {
        return InetAddress.getByAddress(
                java.nio.ByteBuffer.allocate(4).putInt(value).array());
    }
}
