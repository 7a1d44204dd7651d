package dev.dormouse.sandbox.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds ports that nobody listens on, and doesn't give one again soon: a caller that remembers the port of an ended activation must
 * not find the next one there.
 */
final class FreePorts {

    private static final int REMEMBERED = 4096;

    private final Set<Integer> given = new LinkedHashSet<>();

    synchronized int next() throws IOException {
        for (int attempt = 0; attempt < REMEMBERED; attempt++) {
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (given.add(probe.getLocalPort())) {
                    forgetOldest();
                    return probe.getLocalPort();
                }
            }
        }
        throw new IOException("all ports were used recently");
    }

    private void forgetOldest() {
        if (given.size() > REMEMBERED) {
            given.remove(given.iterator().next());
        }
    }
}
