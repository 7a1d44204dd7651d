package dev.dormouse.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Speaks DNS over UDP and TCP on one port. */
public final class DnsServer implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DnsServer.class);
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(10);

    private final EventLoopGroup threads = new NioEventLoopGroup(1);
    private final Channel udp;
    private final Channel tcp;

    /** Knows what to answer. */
    public interface Zone {
        /** Fills in the response to a query. */
        void answer(DnsQuery query, DnsResponse response);
    }

    /**
     * Blocks until it listens.
     *
     * @param port 0 for any that is free
     * @param executor where the zone is asked, for one that takes its time
     * @throws IllegalStateException when the port can't be had
     */
    public DnsServer(String host, int port, Zone zone, Executor executor) {
        try {
            udp = new Bootstrap()
                    .group(threads)
                    .channel(NioDatagramChannel.class)
                    .handler(initializer(channel -> channel.pipeline()
                            .addLast(
                                    new DatagramDnsQueryDecoder(),
                                    new DatagramDnsResponseEncoder(),
                                    new Datagrams(zone, executor))))
                    .bind(new InetSocketAddress(host, port))
                    .syncUninterruptibly()
                    .channel();
            tcp = new ServerBootstrap()
                    .group(threads)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(initializer(channel -> channel.pipeline()
                            .addLast(
                                    new ReadTimeoutHandler(IDLE_CONNECTION.toSeconds(), TimeUnit.SECONDS),
                                    new TcpDnsQueryDecoder(),
                                    new TcpDnsResponseEncoder(),
                                    new Streams(zone, executor))))
                    .bind(new InetSocketAddress(host, port()))
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception e) {
            threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IllegalStateException(
                    "DNS can't listen at %s:%d: %s; is the port taken? Set dormouse.dns.port"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
    }

    private interface Pipeline {
        void of(Channel channel);
    }

    private static ChannelInitializer<Channel> initializer(Pipeline pipeline) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                pipeline.of(channel);
            }
        };
    }

    public int port() {
        return ((InetSocketAddress) udp.localAddress()).getPort();
    }

    @Override
    public void close() {
        udp.close();
        tcp.close();
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static void answer(
            ChannelHandlerContext context, DnsQuery query, DnsResponse response, Zone zone, Executor executor) {
        query.retain();
        executor.execute(() -> {
            try {
                zone.answer(query, response);
                context.writeAndFlush(response);
            } finally {
                query.release();
            }
        });
    }

    private static final class Datagrams extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        private final Zone zone;
        private final Executor executor;

        Datagrams(Zone zone, Executor executor) {
            this.zone = zone;
            this.executor = executor;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            DatagramDnsResponse response = new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
            answer(context, query, response, zone, executor);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // what is no query is not answered: its sender may be forged
            LOG.debugf("a datagram that is no query of DNS: %s", cause.getMessage());
        }
    }

    private static final class Streams extends SimpleChannelInboundHandler<DnsQuery> {
        private final Zone zone;
        private final Executor executor;

        Streams(Zone zone, Executor executor) {
            this.zone = zone;
            this.executor = executor;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DnsQuery query) {
            DefaultDnsResponse response = new DefaultDnsResponse(query.id());
            answer(context, query, response, zone, executor);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debugf("a connection that does not speak DNS, or says nothing: %s", cause.getMessage());
            context.close();
        }
    }
}
