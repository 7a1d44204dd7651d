package dev.dormouse.blackbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port of this machine, for others such as the Pods of its cluster, that leads to another address. */
final class Relay implements AutoCloseable {

    private final ServerSocket socket = new ServerSocket(0);
    private final InetSocketAddress target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Relay(InetSocketAddress target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> relay(client));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void relay(Socket client) {
        open.add(client);
        try (client;
                Socket server = new Socket(target.getAddress(), target.getPort())) {
            open.add(server);
            Thread back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            back.join();
            open.remove(server);
        } catch (IOException e) {
            // one side is gone, and so is the other
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction ends too
            try {
                to.close();
            } catch (IOException closing) {
                // it is closed
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
