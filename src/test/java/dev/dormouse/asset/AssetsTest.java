package dev.dormouse.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.dormouse.bucket.ConfiguredBuckets;
import dev.dormouse.bucket.S3Server;
import dev.dormouse.bucket.Transfers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

class AssetsTest {

    private static final byte[] BINARY = "#!/bin/sh\necho here\n".getBytes();

    @TempDir
    Path temp;

    private Assets assets;

    @BeforeEach
    void open() {
        assets = with(new ConfiguredBuckets(Map.of(), new Transfers(2)));
    }

    private Assets with(ConfiguredBuckets buckets) {
        return new Assets(temp.resolve("assets"), new AssetSource(buckets));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private String file() throws IOException {
        return Files.write(temp.resolve("runsc"), BINARY).toUri().toString();
    }

    @Test
    void aFileIsKeptAsAnExecutable() throws Exception {
        Path kept = assets.fetch(file(), sha256(BINARY));

        Process run = new ProcessBuilder(kept.toString()).start();
        assertThat(run.getInputStream().readAllBytes()).isEqualTo("here\n".getBytes());
    }

    @Test
    void whatIsHereIsNotAskedForAgainAlsoByANewProcess() throws Exception {
        String url = file();
        Path kept = assets.fetch(url, sha256(BINARY));
        Files.delete(temp.resolve("runsc"));

        assertThat(assets.fetch(url, sha256(BINARY))).isEqualTo(kept);
        open();
        assertThat(assets.fetch(url, sha256(BINARY))).isEqualTo(kept);
    }

    @Test
    void whatWasDamagedOnTheDiskIsFetchedAgain() throws Exception {
        String url = file();
        Files.write(assets.fetch(url, sha256(BINARY)), new byte[] {1});
        open();

        assertThat(assets.fetch(url, sha256(BINARY))).hasBinaryContent(BINARY);
    }

    @Test
    void anotherContentIsRefusedAndNotKept() throws Exception {
        String url = file();

        assertThatThrownBy(() -> assets.fetch(url, sha256(new byte[0])))
                .isInstanceOf(AssetException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("it has the checksum " + sha256(BINARY));
        assertThat(temp.resolve("assets")).isEmptyDirectory();
    }

    @Test
    void whatIsNotThereOrNoUrlIsSaid() throws Exception {
        String missing = temp.resolve("none").toUri().toString();

        assertThatThrownBy(() -> assets.fetch(missing, sha256(BINARY))).hasMessageContaining("there is no file");
        assertThatThrownBy(() -> assets.fetch("ftp://x/y", sha256(BINARY)))
                .hasMessageContaining("must begin with https:");
        assertThatThrownBy(() -> assets.fetch("runsc", sha256(BINARY))).hasMessageContaining("must begin with https:");
        assertThatThrownBy(() -> assets.fetch("s3://bucket", sha256(BINARY))).hasMessageContaining("bucket");
        assertThatThrownBy(() -> assets.fetch(missing, "../x")).hasMessageContaining("64 lower case");
    }

    @Test
    void aWebServersFileIsFetchedAndItsRefusalSaid() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/runsc", exchange -> {
            exchange.sendResponseHeaders(200, BINARY.length);
            exchange.getResponseBody().write(BINARY);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();

            assertThat(assets.fetch(url + "/runsc", sha256(BINARY))).hasBinaryContent(BINARY);
            assertThatThrownBy(() -> assets.fetch(url + "/other", sha256(new byte[0])))
                    .hasMessageContaining("the server answers 404");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anObjectOfAStoreIsFetched() throws Exception {
        try (S3Server server = new S3Server(temp.resolve("s3"))) {
            server.direct().putObject(put -> put.bucket(S3Server.BUCKET).key("a/runsc"), RequestBody.fromBytes(BINARY));
            Assets ofStore = with(new ConfiguredBuckets(
                    Map.of("s3", S3Server.buckets(server.port(), Duration.ofSeconds(10))), new Transfers(2)));

            assertThat(ofStore.fetch("s3://" + S3Server.BUCKET + "/a/runsc", sha256(BINARY)))
                    .hasBinaryContent(BINARY);
        }
    }
}
