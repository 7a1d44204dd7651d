package dev.dormouse.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;

/** Debian's docker-registry, in a process of its own with its storage in a directory. */
public final class RealRegistry implements AutoCloseable {

    public static final String USER = "puller";
    public static final String PASSWORD = "pa55-of-the-puller";

    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private RealRegistry(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Open to everybody. */
    public static RealRegistry open(Path directory) throws IOException {
        return start(directory, freePort(), "", "");
    }

    /** For {@link #USER} alone. */
    public static RealRegistry withPassword(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path users = directory.resolve("htpasswd");
        TestCommand.run("htpasswd", "-Bbc", users.toString(), USER, PASSWORD);
        return start(directory, freePort(), "auth: {htpasswd: {realm: test, path: %s}}".formatted(users), "");
    }

    /** Wants tokens of a service. */
    static RealRegistry withTokens(Path directory, TokenService tokens, Path trusted) throws IOException {
        String auth = "auth: {token: {realm: '%s', service: %s, issuer: %s, rootcertbundle: %s}}"
                .formatted(tokens.realm(), TokenService.AUDIENCE, TokenService.ISSUER, trusted);
        return start(directory, freePort(), auth, "");
    }

    static RealRegistry withTls(Path directory, TestCertificates certificates) throws IOException {
        String tls = ", tls: {certificate: %s, key: %s}".formatted(certificates.certificate(), certificates.key());
        return start(directory, freePort(), "", tls);
    }

    private static RealRegistry start(Path directory, int port, String auth, String tls) throws IOException {
        Files.createDirectories(directory);
        Path config = Files.writeString(
                directory.resolve("config.yml"), """
                version: 0.1
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: 'localhost:%d'%s}
                %s
                """.formatted(directory.resolve("storage"), port, tls, auth));
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("registry.log").toFile())
                .start();
        RealRegistry registry = new RealRegistry(process, port);
        Awaitility.await("docker-registry")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .ignoreException(ConnectException.class)
                .until(registry::listens);
        return registry;
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("docker-registry ended with " + process.exitValue());
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", port));
            return true;
        }
    }

    /** host:port */
    public String host() {
        return "localhost:" + port;
    }

    int port() {
        return port;
    }

    /** Pushes all that a layout holds, as it is. */
    public void push(Path layout, String repository) throws IOException, InterruptedException {
        List<Path> blobs;
        try (var files = Files.list(layout.resolve("blobs/sha256"))) {
            blobs = files.toList();
        }
        for (Path blob : blobs) {
            pushBlob(repository, Files.readAllBytes(blob));
        }
        for (Path blob : blobs) {
            byte[] content = Files.readAllBytes(blob);
            if (new String(content, UTF_8).contains("\"application/vnd.oci.image.manifest.v1+json\"")) {
                pushManifest(
                        repository,
                        VerifiedBlob.digestOf(content),
                        content,
                        "application/vnd.oci.image.manifest.v1+json");
            }
        }
    }

    /** Pushes the index of a layout whose manifests are there already; gives its digest. */
    String pushIndex(Path layout, String repository, String tag) throws IOException, InterruptedException {
        byte[] index = Files.readAllBytes(layout.resolve("index.json"));
        pushManifest(repository, tag, index, "application/vnd.oci.image.index.v1+json");
        return VerifiedBlob.digestOf(index);
    }

    private void pushBlob(String repository, byte[] content) throws IOException, InterruptedException {
        HttpResponse<String> begun =
                send(HttpRequest.newBuilder(uri(repository, "blobs/uploads/")).POST(BodyPublishers.noBody()));
        String location = begun.headers().firstValue("Location").orElseThrow();
        URI upload = uri(repository, "").resolve(location + "&digest=" + VerifiedBlob.digestOf(content));
        send(HttpRequest.newBuilder(upload)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(content)));
    }

    private void pushManifest(String repository, String reference, byte[] content, String type)
            throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(uri(repository, "manifests/" + reference))
                .header("Content-Type", type)
                .PUT(BodyPublishers.ofByteArray(content)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        String basic = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
        HttpResponse<String> answer =
                http.send(request.header("Authorization", "Basic " + basic).build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(answer + ": " + answer.body());
        }
        return answer;
    }

    private URI uri(String repository, String path) {
        return URI.create("http://" + host() + "/v2/" + repository + "/" + path);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
