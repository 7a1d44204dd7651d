package dev.dormouse.policy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A range of addresses, as {@code 10.0.0.0/8} or {@code 2001:db8::/32}. Equal are those that hold the same addresses.
 *
 * @param bits of an address: 32 for IPv4, 128 for IPv6
 * @param network its first address
 * @param prefix how many leading bits of its addresses are the same
 */
public record Cidr(int bits, BigInteger network, int prefix) {

    /** How a range is written; nothing else is parsed. Bits behind the prefix mean nothing. */
    public static final String PATTERN =
            "^(((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])/(3[0-2]|[12]?[0-9])"
                    + "|(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|([0-9a-f]{1,4}:){1,7}:|([0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}"
                    + "|([0-9a-f]{1,4}:){1,5}(:[0-9a-f]{1,4}){1,2}|([0-9a-f]{1,4}:){1,4}(:[0-9a-f]{1,4}){1,3}"
                    + "|([0-9a-f]{1,4}:){1,3}(:[0-9a-f]{1,4}){1,4}|([0-9a-f]{1,4}:){1,2}(:[0-9a-f]{1,4}){1,5}"
                    + "|[0-9a-f]{1,4}:(:[0-9a-f]{1,4}){1,6}|:((:[0-9a-f]{1,4}){1,7}|:))/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$";

    public static final int MAX_LENGTH = 43;

    private static final Pattern WRITTEN = Pattern.compile(PATTERN);
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int GROUPS = 8;
    private static final int GROUP_BITS = 16;

    /** @throws IllegalArgumentException when the prefix is none of these addresses' */
    public Cidr {
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("a prefix is a number from 0 to " + bits);
        }
        network = network.shiftRight(bits - prefix).shiftLeft(bits - prefix);
    }

    /** @throws IllegalArgumentException when it isn't written as {@link #PATTERN} says */
    public static Cidr parse(String text) {
        if (text.length() > MAX_LENGTH || !WRITTEN.matcher(text).matches()) {
            throw new IllegalArgumentException("not a range of addresses such as 10.0.0.0/8 or 2001:db8::/32");
        }
        int slash = text.indexOf('/');
        String address = text.substring(0, slash);
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return address.indexOf(':') < 0
                ? new Cidr(IPV4_BITS, joined(address.split("\\."), 10, 8), prefix)
                : new Cidr(IPV6_BITS, joined(groups(address), 16, GROUP_BITS), prefix);
    }

    /** The range of this address alone. */
    public static Cidr of(InetAddress address) {
        byte[] octets = address.getAddress();
        return new Cidr(octets.length * 8, new BigInteger(1, octets), octets.length * 8);
    }

    public boolean isIpv4() {
        return bits == IPV4_BITS;
    }

    /** Whether it holds one address only. */
    public boolean isSingle() {
        return prefix == bits;
    }

    public boolean contains(InetAddress address) {
        return contains(of(address));
    }

    /** Whether all addresses of the other are in this one. */
    public boolean contains(Cidr other) {
        return bits == other.bits
                && prefix <= other.prefix
                && network.equals(new Cidr(bits, other.network, prefix).network);
    }

    /** In one form only, which holds nothing but digits and separators: it may go into a firewall's rules. */
    @Override
    public String toString() {
        return (isIpv4() ? parts(4, 8, 10, ".") : parts(GROUPS, GROUP_BITS, 16, ":")) + "/" + prefix;
    }

    private String parts(int count, int width, int radix, String separator) {
        BigInteger mask = BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE);
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> network.shiftRight(bits - i * width).and(mask).toString(radix))
                .collect(Collectors.joining(separator));
    }

    private static BigInteger joined(String[] parts, int radix, int width) {
        BigInteger value = BigInteger.ZERO;
        for (String part : parts) {
            value = value.shiftLeft(width).or(new BigInteger(part, radix));
        }
        return value;
    }

    /** All eight, those that '::' leaves out too. */
    private static String[] groups(String address) {
        int gap = address.indexOf("::");
        if (gap < 0) {
            return address.split(":");
        }
        String head = address.substring(0, gap);
        String tail = address.substring(gap + 2);
        int there = count(head) + count(tail);
        String zeros = "0:".repeat(GROUPS - there);
        String all = (head.isEmpty() ? "" : head + ":") + zeros + tail;
        return all.split(":");
    }

    private static int count(String groups) {
        return groups.isEmpty() ? 0 : groups.split(":").length;
    }
}
