package dev.dormouse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.demo.build.LayoutWriter;
import dev.dormouse.files.TarBytes;
import dev.dormouse.image.Images.UnpackedImage;
import dev.dormouse.image.RegistryFront.Answer;
import dev.dormouse.image.RegistryFront.Behaviour;
import dev.dormouse.image.RegistryFront.End;
import dev.dormouse.image.RegistryFront.Request;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real registry behind a front that breaks off, delays and lies. */
@Tag("registry")
class RegistryFaultsTest {

    /** Too random to be compressed by anybody on the way. */
    private static final byte[] LAYER = layer();

    private static final String LAYER_DIGEST = VerifiedBlob.digestOf(LAYER);

    @TempDir
    static Path shared;

    private static RealRegistry registry;
    private static String digest;

    @TempDir
    Path temp;

    private RegistryNode node;
    private RegistryFront front;

    @BeforeAll
    static void startRegistry() throws IOException, InterruptedException {
        registry = RealRegistry.open(shared.resolve("registry"));
        Path layout = shared.resolve("layout");
        digest = new LayoutWriter(layout).layer(LAYER, LayoutWriter.TAR).finish("amd64", Map.of());
        registry.push(layout, "app");
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    private static byte[] layer() {
        StringBuilder content = new StringBuilder();
        new Random(1).ints(300_000, 'a', 'z').forEach(c -> content.append((char) c));
        return new TarBytes().file("large", content.toString()).bytes();
    }

    @BeforeEach
    void makeNode() throws IOException {
        node = new RegistryNode(temp.resolve("node"));
        node.dockerConfig = Files.writeString(temp.resolve("config.json"), "{}");
        front = new RegistryFront(registry);
    }

    @AfterEach
    void closeFront() throws IOException {
        front.close();
    }

    private String reference() {
        return front.host() + "/app@" + digest;
    }

    private UnpackedImage pull() throws ImageException {
        return node.pull(reference());
    }

    private static boolean isForLayer(Request request) {
        return request.path().endsWith(LAYER_DIGEST);
    }

    private List<Request> layerRequests() {
        return front.requests.stream().filter(RegistryFaultsTest::isForLayer).toList();
    }

    private static void assertWhole(UnpackedImage image) {
        assertThat(image.rootfs().resolve("large")).hasSize(300_000);
    }

    /** Changes the first answers with the layer. */
    private void spoil(int times, Behaviour fault) {
        AtomicInteger left = new AtomicInteger(times);
        front.behave((request, answer) ->
                isForLayer(request) && left.getAndDecrement() > 0 ? fault.change(request, answer) : answer);
    }

    @Test
    void aBlobThatBreaksOffGoesOnWhereItStopped() throws Exception {
        spoil(2, (request, answer) -> answer.cutAfter(100_000, End.CLOSED));

        assertWhole(pull());

        assertThat(layerRequests()).extracting(Request::range).containsExactly(null, "bytes=100000-", "bytes=200000-");
    }

    @Test
    void aResetConnectionIsTriedAgain() throws Exception {
        spoil(2, (request, answer) -> answer.cutAfter(50_000, End.RESET));

        assertWhole(pull());

        assertThat(layerRequests()).hasSize(3);
    }

    @Test
    void aRegistryWithoutRangesSendsAllAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        front.behave((request, answer) -> {
            if (!isForLayer(request)) {
                return answer;
            }
            Answer whole =
                    new Answer(200, Map.of("content-length", "" + LAYER.length), LAYER, LAYER.length, End.CLOSED);
            return asked.getAndIncrement() == 0 ? whole.cutAfter(1000, End.CLOSED) : whole;
        });

        assertWhole(pull());
    }

    @Test
    void aRangeThatWasNotAskedForIsNotUsed() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        spoil(2, (request, answer) -> {
            if (asked.getAndIncrement() == 0) {
                return answer.cutAfter(1000, End.CLOSED);
            }
            Map<String, String> headers = new TreeMap<>(answer.headers());
            headers.put("content-range", "bytes 5-" + (LAYER.length - 1) + "/" + LAYER.length);
            return new Answer(206, headers, answer.body(), answer.body().length, End.CLOSED);
        });

        assertWhole(pull());

        assertThat(layerRequests()).extracting(Request::range).containsExactly(null, "bytes=1000-", null);
    }

    @Test
    void aBodyWithoutLengthThatEndsEarlyIsNoticed() throws Exception {
        spoil(1, (request, answer) -> answer.withoutLength().cutAfter(1000, End.CLOSED));

        assertWhole(pull());

        assertThat(layerRequests()).extracting(Request::range).containsExactly(null, "bytes=1000-");
    }

    @Test
    void aBlobThatAlwaysBreaksOffIsGivenUpAndGoesOnWithTheNextPull() throws Exception {
        spoil(Integer.MAX_VALUE, (request, answer) -> answer.cutAfter(10_000, End.CLOSED));

        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("image " + reference())
                .hasMessageContaining(front.host());
        assertThat(layerRequests()).hasSize(RegistryNode.QUICK.attempts());
        assertThat(node.place(digest)).doesNotExist();

        spoil(0, (request, answer) -> answer);
        assertWhole(pull());
        assertThat(layerRequests().getLast().range()).isEqualTo("bytes=30000-");
    }

    @Test
    void theBeginningOfAKilledPullIsNotTrusted() throws Exception {
        Path partial = node.blobs().resolve(node.blob(LAYER_DIGEST).getFileName() + ".partial");
        Files.createDirectories(node.blobs());
        Files.write(partial, new byte[100_000]);

        assertWhole(pull());

        assertThat(layerRequests()).extracting(Request::range).containsExactly("bytes=100000-", null);
        assertThat(partial).doesNotExist();
    }

    @Test
    void aBeginningThatIsTooLongIsThrownAway() throws Exception {
        Path partial = node.blobs().resolve(node.blob(LAYER_DIGEST).getFileName() + ".partial");
        Files.createDirectories(node.blobs());
        Files.write(partial, new byte[LAYER.length + 1]);

        assertWhole(pull());
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 429})
    void aRegistryInTroubleIsAskedAgain(int status) throws Exception {
        AtomicInteger failures = new AtomicInteger(2);
        front.behave((request, answer) ->
                failures.getAndDecrement() > 0 ? Answer.of(status, Map.of("retry-after", "0")) : answer);

        assertWhole(pull());
    }

    @Test
    void aRegistryThatStaysInTroubleIsNamed() {
        front.behave((request, answer) -> Answer.of(503, Map.of()));

        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("registry " + front.host() + " answers 503 when asked for manifest");
        assertThat(front.requests).hasSize(RegistryNode.QUICK.attempts());
    }

    @Test
    void theRegistrysWishToWaitIsHeeded() throws Exception {
        AtomicInteger failures = new AtomicInteger(1);
        front.behave((request, answer) ->
                failures.getAndDecrement() > 0 ? Answer.of(429, Map.of("retry-after", "1")) : answer);
        long before = System.nanoTime();

        assertWhole(pull());

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void refusalsAreNotTriedAgain() {
        front.behave((request, answer) -> Answer.of(403, Map.of()));

        assertThatThrownBy(this::pull).hasMessageContaining("(403)");
        assertThat(front.requests).hasSize(1);
    }

    @Test
    void aSilentRegistryIsGivenUp() {
        spoil(Integer.MAX_VALUE, (request, answer) -> answer.cutAfter(0, End.SILENT));

        assertThatThrownBy(this::pull).isInstanceOf(ImageException.class).hasMessageContaining("sent nothing for");
    }

    @Test
    void aConnectionThatFallsSilentIsReplaced() throws Exception {
        spoil(1, (request, answer) -> answer.cutAfter(100_000, End.SILENT));

        assertWhole(pull());

        assertThat(layerRequests()).hasSize(2);
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsGivenUp() throws Exception {
        try (ServerSocket mute = new ServerSocket(0)) {
            assertThatThrownBy(() -> node.pull("localhost:" + mute.getLocalPort() + "/app@" + digest))
                    .hasMessageContaining("sent nothing for");
        }
    }

    @Test
    void otherBytesThanPromisedAreRefusedAndNotKept() throws Exception {
        byte[] other = LAYER.clone();
        other[1000] ^= 1;
        spoil(1, (request, answer) -> answer.with(other));

        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(LAYER_DIGEST + " has another digest");
        assertThat(node.place(digest)).doesNotExist();

        assertWhole(pull());
    }

    @Test
    void anotherManifestThanAskedForIsRefused() {
        front.behave((request, answer) -> {
            byte[] other = new String(answer.body()).replace("{", "{ ").getBytes();
            Map<String, String> headers = new TreeMap<>(answer.headers());
            headers.put("content-length", "" + other.length);
            return new Answer(answer.status(), headers, other, other.length, End.CLOSED);
        });

        assertThatThrownBy(this::pull).hasMessageContaining(digest + " has another digest");
    }

    @Test
    void moreBytesThanAnnouncedAreNotTaken() {
        byte[] more = Arrays.copyOf(LAYER, LAYER.length + 5_000_000);
        spoil(Integer.MAX_VALUE, (request, answer) -> answer.withoutLength().with(more));

        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("sends more than the " + LAYER.length + " bytes");
        assertThat(node.blobs()).isDirectoryNotContaining(file -> file.toFile().length() > LAYER.length);
        assertThat(layerRequests()).hasSize(1);
    }

    @Test
    void anEndlessManifestIsNotTaken() {
        byte[] endless = new byte[5 << 20];
        front.behave((request, answer) -> answer.withoutLength().with(endless));

        assertThatThrownBy(this::pull).isInstanceOf(ImageException.class).hasMessageContaining("sends more than the");
    }

    @Test
    void credentialsDontFollowARedirect() throws Exception {
        node.dockerConfig = Files.writeString(
                temp.resolve("config.json"),
                RegistryPullTest.dockerConfig(front.host(), RealRegistry.USER, RealRegistry.PASSWORD));
        try (RegistryFront store = new RegistryFront(registry)) {
            front.behave((request, answer) -> {
                if (!request.headers().containsKey("authorization")) {
                    return Answer.of(401, Map.of("www-authenticate", "Basic realm=\"test\""));
                }
                return isForLayer(request)
                        ? Answer.of(307, Map.of("location", "http://" + store.host() + request.path()))
                        : answer;
            });

            assertWhole(pull());

            assertThat(store.requests).hasSize(1);
            assertThat(store.requests.getFirst().headers()).doesNotContainKey("authorization");
            assertThat(layerRequests().getFirst().headers()).containsKey("authorization");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://store.example/blob?signature=s3cret", "file:///etc/passwd", "", "http://[", "//"})
    void aRedirectToWhereItIsNotAllowedIsRefused(String location) {
        spoil(Integer.MAX_VALUE, (request, answer) -> Answer.of(307, Map.of("location", location)));

        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("redirect")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://tokens.example/token", "file:///token", "", "://"})
    void aTokenIsNotFetchedInTheClear(String realm) {
        front.behave((request, answer) ->
                Answer.of(401, Map.of("www-authenticate", "Bearer realm=\"" + realm + "\",service=\"s\"")));

        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("which is no https address");
    }

    @Test
    void anAnswerWithoutTokenIsNotQuoted() {
        front.behave((request, answer) -> request.path().startsWith("/token")
                ? new Answer(200, Map.of(), "{\"token\": \"s3cret\\r\\n\"}".getBytes(), 100, End.CLOSED)
                : Answer.of(401, Map.of("www-authenticate", "Bearer realm=\"http://" + front.host() + "/token\"")));

        assertThatThrownBy(this::pull).hasMessageContaining("gives no token").hasMessageNotContaining("s3cret");
    }
}
