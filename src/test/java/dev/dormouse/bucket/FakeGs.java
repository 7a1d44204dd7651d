package dev.dormouse.bucket;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * As much of the JSON API of Google Cloud Storage as its documentation says of what we use, with one bucket in memory. It is as
 * inconvenient as it may be: small pages, and of a part it keeps only some at first.
 */
public final class FakeGs implements AutoCloseable {

    public static final String BUCKET = "snapshots";

    private static final int PAGE = 3;
    private static final int QUANTUM = 256 << 10;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final Pattern PARTIAL = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

    private final HttpServer server;
    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final String bucket;
    private final List<String> tokenRequests = new CopyOnWriteArrayList<>();
    private volatile @Nullable String token;
    /** Which is asked for by clients that come by way of a proxy. */
    private volatile int publicPort;

    private static final class Session {
        final String name;
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        boolean stingy = true;
        boolean whole;

        Session(String name) {
            this.name = name;
        }
    }

    public FakeGs() throws IOException {
        this(BUCKET);
    }

    /**
     * @param bucket that it has
     */
    public FakeGs(String bucket) throws IOException {
        this.bucket = bucket;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
        publicPort = port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public void behind(int proxyPort) {
        publicPort = proxyPort;
    }

    /** From now on only requests with the token are answered that {@link #tokenUri} gives. */
    public void requireToken() {
        token = UUID.randomUUID().toString();
    }

    /** Where Google's servers of tokens would be. */
    public String tokenUri() {
        return "http://127.0.0.1:" + port() + "/token";
    }

    /** The bodies of the requests for tokens. */
    public List<String> tokenRequests() {
        return tokenRequests;
    }

    /** Writes the file of a service account that gets its tokens here. */
    public Path serviceAccount(Path file) throws IOException {
        try {
            String key = Base64.getEncoder()
                    .encodeToString(KeyPairGenerator.getInstance("RSA")
                            .generateKeyPair()
                            .getPrivate()
                            .getEncoded());
            Map<String, String> account = Map.of(
                    "type", "service_account",
                    "client_email", "dormouse@example.iam.gserviceaccount.com",
                    "client_id", "1",
                    "private_key_id", "2",
                    "private_key", "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n",
                    "token_uri", tokenUri());
            return Files.write(file, JSON.writeValueAsBytes(account));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public NavigableMap<String, byte[]> objects() {
        return objects;
    }

    /** Uploads of which it holds something, and that were neither finished nor cancelled. */
    public List<String> unfinished() {
        return sessions.values().stream()
                .filter(session -> !session.whole && session.content.size() > 0)
                .map(session -> session.name)
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            String path = exchange.getRequestURI().getRawPath();
            String objectsOfBucket = "/storage/v1/b/" + bucket + "/o";
            if (path.equals("/token")) {
                giveToken(exchange, body);
            } else if (token != null && !("Bearer " + token).equals(authorization)) {
                error(exchange, 401, "Invalid Credentials");
            } else if (path.startsWith("/session/")) {
                session(exchange, path.substring("/session/".length()), body);
            } else if (path.equals("/upload" + objectsOfBucket)) {
                upload(exchange, body);
            } else if (path.equals(objectsOfBucket)) {
                list(exchange);
            } else if (path.startsWith(objectsOfBucket + "/")) {
                object(exchange, decode(path.substring(objectsOfBucket.length() + 1)));
            } else {
                error(exchange, 404, "The specified bucket does not exist.");
            }
        }
    }

    private void giveToken(HttpExchange exchange, byte[] body) throws IOException {
        tokenRequests.add(decode(new String(body, StandardCharsets.UTF_8)));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        answer(exchange, 200, token());
    }

    /** The answer to a request for a token. */
    byte[] token() throws IOException {
        return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("access_token", token)
                .put("expires_in", 3600)
                .put("token_type", "Bearer")
                .put("issued_token_type", "urn:ietf:params:oauth:token-type:access_token"));
    }

    private void upload(HttpExchange exchange, byte[] body) throws IOException {
        String name = query(exchange, "name");
        if (query(exchange, "uploadType").equals("resumable")) {
            String id = UUID.randomUUID().toString();
            sessions.put(id, new Session(name));
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:" + publicPort + "/session/" + id);
            answer(exchange, 200, new byte[0]);
        } else if (query(exchange, "ifGenerationMatch").equals("0") && objects.putIfAbsent(name, body) != null) {
            error(exchange, 412, "At least one of the pre-conditions you specified did not hold.");
        } else {
            objects.put(name, body);
            answer(exchange, 200, describe(name, body));
        }
    }

    private synchronized void session(HttpExchange exchange, String id, byte[] body) throws IOException {
        Session session = sessions.get(id);
        Matcher range =
                PARTIAL.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Range")));
        if (session == null) {
            error(exchange, 404, "no such upload");
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            sessions.remove(id);
            answer(exchange, 499, new byte[0]);
        } else if (!range.matches()) {
            error(exchange, 400, "no valid Content-Range");
        } else {
            take(session, range, body);
            progress(exchange, session, range.group(3));
        }
    }

    private static void take(Session session, Matcher range, byte[] body) throws IOException {
        if (range.group(1) == null || Long.parseLong(range.group(1)) != session.content.size()) {
            return;
        }
        boolean part = session.stingy && body.length > QUANTUM;
        session.stingy = !session.stingy;
        session.content.write(body, 0, part ? QUANTUM : body.length);
    }

    private void progress(HttpExchange exchange, Session session, String total) throws IOException {
        int size = session.content.size();
        if (total.equals(String.valueOf(size))) {
            // the session stays for a while, for those who missed this answer
            objects.put(session.name, session.content.toByteArray());
            session.whole = true;
            answer(exchange, 200, describe(session.name, session.content.toByteArray()));
            return;
        }
        if (size > 0) {
            exchange.getResponseHeaders().set("Range", "bytes=0-" + (size - 1));
        }
        answer(exchange, 308, new byte[0]);
    }

    private void object(HttpExchange exchange, String name) throws IOException {
        byte[] content = objects.get(name);
        if (content == null) {
            error(exchange, 404, "No such object: " + bucket + "/" + name);
            return;
        }
        if (exchange.getRequestMethod().equals("DELETE")) {
            objects.remove(name);
            answer(exchange, 204, new byte[0]);
            return;
        }
        Matcher range = RANGE.matcher(exchange.getRequestHeaders().getFirst("Range"));
        range.matches();
        int from = Integer.parseInt(range.group(1));
        if (from >= content.length) {
            error(exchange, 416, "The requested range cannot be satisfied.");
            return;
        }
        int end = (int) Math.min(content.length, Long.parseLong(range.group(2)) + 1);
        exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, end - 1, content.length));
        answer(exchange, 206, Arrays.copyOfRange(content, from, end));
    }

    private void list(HttpExchange exchange) throws IOException {
        String prefix = query(exchange, "prefix");
        String after = query(exchange, "pageToken");
        List<String> names = objects.tailMap(after, false).keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .limit(PAGE)
                .toList();
        ObjectNode page = JSON.createObjectNode();
        for (String name : names) {
            page.withArray("items")
                    .addObject()
                    .put("name", name)
                    .put("size", String.valueOf(objects.get(name).length))
                    .put("updated", Instant.now().toString());
        }
        if (names.size() == PAGE) {
            page.put("nextPageToken", names.getLast());
        }
        answer(exchange, 200, JSON.writeValueAsBytes(page));
    }

    private static byte[] describe(String name, byte[] content) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(content);
        byte[] crc32c = ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
        return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("name", name)
                .put("md5Hash", Base64.getEncoder().encodeToString(md5(content)))
                .put("crc32c", Base64.getEncoder().encodeToString(crc32c)));
    }

    private static byte[] md5(byte[] content) {
        try {
            return MessageDigest.getInstance("MD5").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String query(HttpExchange exchange, String name) {
        return Arrays.stream(exchange.getRequestURI().getRawQuery().split("&"))
                .filter(each -> each.startsWith(name + "="))
                .map(each -> decode(each.substring(name.length() + 1)))
                .findFirst()
                .orElse("");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("error").put("code", status).put("message", message);
        answer(exchange, status, JSON.writeValueAsBytes(answer));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
