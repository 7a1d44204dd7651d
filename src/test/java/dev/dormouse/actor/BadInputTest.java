package dev.dormouse.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.platform.RawApi.Answer;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent, the answer is a problem that says what is wrong, and nothing is half-done. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class BadInputTest {

    private static final String ACTORS = "/v1/atespaces/default/actors";
    private static final int FIVE_MEGABYTES = 5_000_000;

    @TestHTTPResource("/")
    URI base;

    private RawApi api;
    private String before;

    @BeforeEach
    void remember() {
        api = new RawApi(base);
        api.declareCounter();
        before = api.get(ACTORS).body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "%2e%2e", ".%2E", ".", "a/../../../bystander", "a%2Fb", "a%5cb"})
    void aPathThatWouldMeanAnotherPlaceIsRefused(String rest) {
        api.post("/v1/atespaces", "{\"name\": \"bystander\"}");

        api.delete("/v1/atespaces/bystander/actors/" + rest).problem(400, Code.INVALID_ARGUMENT);

        assertThat(api.get("/v1/atespaces/bystander").status()).isEqualTo(200);
    }

    @AfterEach
    void nothingChanged() {
        assertThat(api.get(ACTORS).body()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../x",
                "a/b",
                "a\\\\b",
                "UPPER",
                "-a",
                "a-",
                "a_b",
                "a.b",
                "a b",
                "\\u0000",
                "a\\u0000",
                "ä",
                " a",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void idsThatAreNoLabelsAreRefused(String id) {
        String detail = api.post(ACTORS, newActor(id)).problem(400, Code.INVALID_ARGUMENT);

        assertThat(detail).startsWith("actor_id is not valid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\":\"\"}", "{\"id\":null}"})
    void anIdIsRequired(String body) {
        assertThat(api.post(ACTORS, body).problem(400, Code.INVALID_ARGUMENT)).isEqualTo("actor_id is required");
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                Arguments.of("{\"id\":\"a\",\"bogus\":1}", "unknown field \"bogus\" (line 1, column 21)"),
                Arguments.of(
                        "{\"id\":\"a\",\n \"template\":{\"nome\":\"x\"}}",
                        "unknown field \"template.nome\" (line 2, column 25)"),
                Arguments.of("{\"id\":5}", "field \"id\" must be a string (line 1, column 7)"),
                Arguments.of("{\"id\":\"a\",\"labels\":[]}", "field \"labels\" must be an object (line 1, column 20)"),
                Arguments.of(
                        "{\"id\":\"a\",\"labels\":{\"b\":true}}",
                        "field \"labels.b\" must be a string (line 1, column 25)"),
                Arguments.of("{\"id\":\"a\",\"id\":\"b\"}", "a field is given twice (line 1, column 15)"),
                Arguments.of("{\"id\":\"a\"} and more", "the body is not valid JSON (line 1, column 12)"),
                Arguments.of("{", "the body is not valid JSON (line 1, column 2)"),
                Arguments.of("[]", "the body is not the JSON object that is expected here (line 1, column 1)"),
                Arguments.of("\"a\"", "the body is not the JSON object that is expected here (line 1, column 1)"),
                Arguments.of("", "a JSON body with id and template is required"),
                Arguments.of("null", "a JSON body with id and template is required"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void bodiesThatDontFitAreExplained(String body, String detail) {
        assertThat(api.post(ACTORS, body).problem(400, Code.INVALID_ARGUMENT)).isEqualTo(detail);
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        byte[] body = newActor("a?").getBytes(StandardCharsets.ISO_8859_1);
        body[9] = (byte) 0xff;

        Answer answer = api.send("POST", ACTORS, "application/json", BodyPublishers.ofByteArray(body));

        assertThat(answer.problem(400, Code.INVALID_ARGUMENT)).startsWith("the body is not UTF-8");
    }

    @Test
    void aDeeplyNestedBodyIsRefused() {
        String body = "{\"id\":\"a\",\"template\":" + "[".repeat(100_000);

        api.post(ACTORS, body).problem(400, Code.INVALID_ARGUMENT);
    }

    @Test
    void aBodyThatSaysItIsTooLargeIsRefusedBeforeItIsRead() {
        String body = newActor("a".repeat(FIVE_MEGABYTES));

        api.post(ACTORS, body).problem(413, Code.INVALID_ARGUMENT);
    }

    @Test
    void aBodyThatTurnsOutTooLargeIsRefused() {
        byte[] body = newActor("a".repeat(FIVE_MEGABYTES)).getBytes(StandardCharsets.UTF_8);

        // from a stream, so without a length
        Answer answer = api.send(
                "POST", ACTORS, "application/json", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

        answer.problem(413, Code.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pageSize=-1|pageSize must be a number from 0 to 1000; 0 means 1000",
                "pageSize=1001|pageSize must be a number from 0 to 1000; 0 means 1000",
                "pageSize=ten|pageSize must be a number from 0 to 1000; 0 means 1000",
                "pageToken=x|pageToken is not valid; start again without it",
                "pageToken=MQouLgou|pageToken is not valid; start again without it",
                "pageToken=OQphCmI|pageToken is not valid; start again without it",
                "pageToken=%00|pageToken is not valid; start again without it",
                "status=AWAKE|status must be one of STATUS_SUSPENDED, STATUS_RESUMING, STATUS_RUNNING, STATUS_SUSPENDING, STATUS_PAUSING, STATUS_PAUSED",
                "template=counter|template must be namespace/name",
                "label=team|label must be key=value",
                "statu=RUNNING|unknown query parameter \"statu\"; this path takes label, pageSize, pageToken, status, template",
                "pageSize=1&x|unknown query parameter \"x\"; this path takes label, pageSize, pageToken, status, template"
            })
    void queriesThatMakeNoSenseAreExplained(String query, String detail) {
        assertThat(api.get(ACTORS + "?" + query).problem(400, Code.INVALID_ARGUMENT))
                .isEqualTo(detail);
    }

    @Test
    void parametersThatAPathDoesNotTakeAreRefusedInTheApiAlone() {
        assertThat(api.get("/v1/workers?status=FREE").problem(400, Code.INVALID_ARGUMENT))
                .isEqualTo("unknown query parameter \"status\"; this path takes none");
        assertThat(api.post(ACTORS + "/a:resume?boot=true", "{}").problem(400, Code.INVALID_ARGUMENT))
                .isEqualTo("unknown query parameter \"boot\"; this path takes none");
        assertThat(api.get(ACTORS + "/a/events?before=1").problem(400, Code.INVALID_ARGUMENT))
                .isEqualTo("unknown query parameter \"before\"; this path takes after, pageSize, pageToken");
        assertThat(api.get("/?from=bookmark").status()).isEqualTo(200);
        assertThat(api.get("/q/openapi?format=json").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Fb", "..%2F..", "%00", "UPPER", "a%20b", "%C3%A4", "%zz"})
    void pathsThatAreNoNamesAreRefused(String id) throws IOException {
        assertThat(raw("GET " + ACTORS + "/" + id + " HTTP/1.1"))
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"code\":\"INVALID_ARGUMENT\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/nothing", "/v1", "/nothing.html"})
    void unknownPathsAreProblems(String path) throws IOException {
        assertThat(raw("GET " + path + " HTTP/1.1"))
                .startsWith("HTTP/1.1 404 ")
                .contains("\"code\":\"NOT_FOUND\"")
                .doesNotContain("<html");
    }

    @Test
    void anEndlessPathIsRefused() {
        api.get(ACTORS + "/" + "a".repeat(9000)).problem(414, Code.INVALID_ARGUMENT);
    }

    @Test
    void methodsAndMediaTypesThatAPathDoesNotTakeAreRefused() {
        api.send("PUT", ACTORS, "application/json", BodyPublishers.ofString("{}"))
                .problem(405, Code.UNIMPLEMENTED);
        api.send("POST", ACTORS, "text/plain", BodyPublishers.ofString("a")).problem(415, Code.INVALID_ARGUMENT);
        api.send("POST", ACTORS, "nonsense", BodyPublishers.ofString("a")).problem(415, Code.INVALID_ARGUMENT);
        api.send("GET", ACTORS, null, BodyPublishers.noBody(), "Accept", "image/png")
                .problem(406, Code.INVALID_ARGUMENT);
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(api.get(ACTORS + "/nobody").problem(404, Code.NOT_FOUND)).isEqualTo("Actor nobody not found");
        assertThat(api.delete(ACTORS + "/nobody").problem(404, Code.NOT_FOUND)).isEqualTo("Actor nobody not found");
        assertThat(api.patch(ACTORS + "/nobody", "{}").problem(404, Code.NOT_FOUND))
                .isEqualTo("Actor nobody not found");
        assertThat(api.post("/v1/atespaces/nowhere/actors", newActor("a")).problem(409, Code.FAILED_PRECONDITION))
                .isEqualTo("Atespace nowhere not found");
        assertThat(api.post(ACTORS, newActor("a").replace("counter", "missing")).problem(409, Code.FAILED_PRECONDITION))
                .isEqualTo("ActorTemplate demo/missing not found");
        assertThat(api.post(ACTORS, "{\"id\":\"a\"}").problem(400, Code.INVALID_ARGUMENT))
                .isEqualTo("template namespace is required");
    }

    @Test
    void labelsAreChecked() {
        String eleven = Stream.iterate(0, i -> i + 1)
                .limit(11)
                .map(i -> "\"l" + i + "\":\"1\"")
                .collect(java.util.stream.Collectors.joining(",", "{", "}"));

        assertThat(api.post(ACTORS, newActor("a", "workerSelector", eleven)).problem(400, Code.INVALID_ARGUMENT))
                .isEqualTo("workerSelector has more than 10 labels");
        assertThat(api.post(ACTORS, newActor("a", "labels", "{\"team\":\"\\u0000\"}"))
                        .problem(400, Code.INVALID_ARGUMENT))
                .startsWith("labels: the value of team is not valid");
        assertThat(api.post(ACTORS, newActor("a", "labels", "{\"../x\":\"1\"}")).problem(400, Code.INVALID_ARGUMENT))
                .startsWith("labels: the prefix of a key is not valid");
        assertThat(api.post(ACTORS, newActor("a", "labels", "{\"team\":null}")).problem(400, Code.INVALID_ARGUMENT))
                .startsWith("labels: the value of team is not valid");
    }

    @Test
    void theAtespaceOfGoldenActorsIsReserved() {
        api.post("/v1/atespaces/ate-golden/actors", newActor("a")).problem(403, Code.PERMISSION_DENIED);
        api.delete("/v1/atespaces/ate-golden/actors/a").problem(403, Code.PERMISSION_DENIED);
        for (String verb : new String[] {"resume", "suspend", "pause"}) {
            api.post("/v1/atespaces/ate-golden/actors/a:" + verb, "{}").problem(403, Code.PERMISSION_DENIED);
        }
        api.delete("/v1/atespaces/ate-golden").problem(409, Code.FAILED_PRECONDITION);
        api.delete("/v1/atespaces/default").problem(409, Code.FAILED_PRECONDITION);
    }

    @Test
    void atespacesAreCheckedTheSameWay() {
        api.post("/v1/atespaces", "{\"name\":\"../x\"}").problem(400, Code.INVALID_ARGUMENT);
        api.post("/v1/atespaces", "{\"nome\":\"x\"}").problem(400, Code.INVALID_ARGUMENT);
        api.post("/v1/atespaces", "").problem(400, Code.INVALID_ARGUMENT);
        api.post("/v1/atespaces", "{\"name\":\"default\"}").problem(409, Code.ALREADY_EXISTS);
        api.get("/v1/atespaces?pageToken=x").problem(400, Code.INVALID_ARGUMENT);
        api.get("/v1/atespaces/nowhere").problem(404, Code.NOT_FOUND);
        api.delete("/v1/atespaces/nowhere").problem(404, Code.NOT_FOUND);
    }

    @Test
    void verbsTakeOnlyWhatTheyKnow() {
        api.post(ACTORS + "/a:resume", "{\"boot\":\"yes\"}").problem(400, Code.INVALID_ARGUMENT);
        api.post(ACTORS + "/a:resume", "{\"force\":true}").problem(400, Code.INVALID_ARGUMENT);
        api.post(ACTORS + "/UPPER:resume", "{}").problem(400, Code.INVALID_ARGUMENT);
        api.post(ACTORS + "/a:fork", "{\"id\":\"../b\"}").problem(400, Code.INVALID_ARGUMENT);
        api.post(ACTORS + "/a:fork", "").problem(400, Code.INVALID_ARGUMENT);
        api.post(ACTORS + "/a:explode", "{}").problem(405, Code.UNIMPLEMENTED);
        api.patch(ACTORS + "/a", "{}", "If-Match", "W/\"1\"").problem(400, Code.INVALID_ARGUMENT);
    }

    /** Sends a request line that no client would write. */
    private String raw(String requestLine) throws IOException {
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String newActor(String id) {
        return "{\"id\":\"" + id + "\",\"template\":{\"namespace\":\"demo\",\"name\":\"counter\"}}";
    }

    private static String newActor(String id, String field, String value) {
        return newActor(id).replaceFirst("}$", ",\"" + field + "\":" + value.replace("\\", "\\\\") + "}");
    }
}
