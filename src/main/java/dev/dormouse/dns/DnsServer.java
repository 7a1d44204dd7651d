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
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Speaks DNS over UDP and TCP on one port. */
final class DnsServer implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DnsServer.class);
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(10);

    private final EventLoopGroup threads = new NioEventLoopGroup(1);
    private final Channel udp;
    private final Channel tcp;

    /**
     * Blocks until it listens.
     *
     * @param port 0 for any that is free
     * @throws IllegalStateException when the port can't be had
     */
    DnsServer(String host, int port, ActorZone zone) {
        try {
            udp = new Bootstrap()
                    .group(threads)
                    .channel(NioDatagramChannel.class)
                    .handler(initializer(channel -> channel.pipeline()
                            .addLast(
                                    new DatagramDnsQueryDecoder(),
                                    new DatagramDnsResponseEncoder(),
                                    new Datagrams(zone))))
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
                                    new Streams(zone))))
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

    int port() {
        return ((InetSocketAddress) udp.localAddress()).getPort();
    }

    @Override
    public void close() {
        udp.close();
        tcp.close();
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static final class Datagrams extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        private final ActorZone zone;

        Datagrams(ActorZone zone) {
            this.zone = zone;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            DatagramDnsResponse response = new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
            zone.answer(query, response);
            context.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // what is no query is not answered: its sender may be forged
            LOG.debugf("a datagram that is no query of DNS: %s", cause.getMessage());
        }
    }

    private static final class Streams extends SimpleChannelInboundHandler<DnsQuery> {
        private final ActorZone zone;

        Streams(ActorZone zone) {
            this.zone = zone;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DnsQuery query) {
            DefaultDnsResponse response = new DefaultDnsResponse(query.id());
            zone.answer(query, response);
            context.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debugf("a connection that does not speak DNS, or says nothing: %s", cause.getMessage());
            context.close();
        }
    }
}
