package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.dns.Lookup;
import dev.dormouse.policy.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * What policies are held against: who knows host names, and what they never open in passing.
 *
 * @param guardedHosts names or addresses of the control plane, the API server and the node
 */
record Outside(Lookup lookup, List<String> guardedHosts) {

    /** The addresses of those hosts by now. Fails when one isn't found: what is not known can't be guarded. Blocks. */
    List<Cidr> guarded() throws CommandFailure {
        List<Cidr> ranges = new ArrayList<>();
        for (String host : guardedHosts) {
            try {
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    ranges.add(Cidr.of(address));
                }
            } catch (UnknownHostException e) {
                throw new CommandFailure(
                        Failure.Reason.SANDBOX,
                        "the policy can't keep actors from %s: no such host".formatted(host),
                        e);
            }
        }
        return ranges;
    }
}
