package dev.dormouse.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.platform.RawApi.Answer;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ActorApiTest {

    @TestHTTPResource("/")
    URI base;

    private RawApi api;
    private String atespace;
    private String actors;

    @BeforeEach
    void ownAtespace() {
        api = new RawApi(base);
        api.declareCounter();
        atespace = "t" + UUID.randomUUID().toString().substring(0, 8);
        actors = "/v1/atespaces/" + atespace + "/actors";
        assertThat(api.post("/v1/atespaces", "{\"name\":\"" + atespace + "\"}").status())
                .isEqualTo(201);
    }

    @Test
    void aNewActorSleepsAndIsShownWhole() {
        Answer created = api.post(actors, """
                {"id":"my-counter","template":{"namespace":"demo","name":"counter"},"labels":{"team":"blue"},"workerSelector":{"gpu":"yes"}}""");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.response().headers().firstValue("Location").orElse(""))
                .endsWith(actors + "/my-counter");
        assertThat(created.response().headers().firstValue("ETag")).contains("\"1\"");
        JsonObject actor = created.json();
        assertThat(actor.fieldNames())
                .containsExactly(
                        "atespace",
                        "id",
                        "uid",
                        "template",
                        "status",
                        "version",
                        "generation",
                        "worker",
                        "snapshot",
                        "localSnapshot",
                        "labels",
                        "workerSelector",
                        "idleSince",
                        "lastError",
                        "createdAt",
                        "updatedAt");
        assertThat(actor.getString("status")).isEqualTo("STATUS_SUSPENDED");
        assertThat(actor.getLong("version")).isEqualTo(1);
        assertThat(actor.getValue("worker")).isNull();
        assertThat(actor.getJsonObject("labels")).isEqualTo(new JsonObject().put("team", "blue"));
        assertThat(actor.getJsonObject("workerSelector")).isEqualTo(new JsonObject().put("gpu", "yes"));
        assertThat(api.get(actors + "/my-counter").json()).isEqualTo(actor);
    }

    @Test
    void sixtyFourCallersWhoCreateTheSameActorMakeOne() {
        List<CompletableFuture<Answer>> calls = IntStream.range(0, 64)
                .mapToObj(i -> api.postLater(actors, newActor("same")))
                .toList();

        List<Answer> answers = calls.stream().map(CompletableFuture::join).toList();

        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
        answers.stream()
                .filter(answer -> answer.status() != 201)
                .forEach(answer ->
                        assertThat(answer.problem(409, Code.ALREADY_EXISTS)).contains("same"));
        assertThat(api.get(actors).json().getJsonArray("items")).hasSize(1);
    }

    @Test
    void pagesHoldEachActorOnceInTheOrderOfIds() {
        IntStream.range(0, 25).forEach(i -> create("a%02d".formatted(24 - i)));

        var ids = new ArrayList<String>();
        String token = "";
        do {
            JsonObject page =
                    api.get(actors + "?pageSize=10&pageToken=" + token).json();
            page.getJsonArray("items").forEach(item -> ids.add(((JsonObject) item).getString("id")));
            token = page.getString("nextPageToken");
        } while (token != null);

        assertThat(ids).hasSize(25).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void listsAreFilteredByLabelTemplateAndStatus() {
        api.post(actors, newActor("plain"));
        api.post(actors, """
                {"id":"blue","template":{"namespace":"demo","name":"counter"},"labels":{"team":"blue","tier":"a"}}""");

        assertThat(ids("?label=team=blue&label=tier=a")).containsExactly("blue");
        assertThat(ids("?label=team=blue&label=tier=b")).isEmpty();
        assertThat(ids("?template=demo/counter")).containsExactlyInAnyOrder("plain", "blue");
        assertThat(ids("?template=demo/other")).isEmpty();
        assertThat(ids("?status=STATUS_SUSPENDED")).hasSize(2);
        assertThat(ids("?status=RUNNING")).isEmpty();
    }

    @Test
    void theListOfAllAtespacesGoesAcrossThem() {
        create("here");

        var seen = new HashSet<String>();
        String token = "";
        do {
            JsonObject page =
                    api.get("/v1/actors?pageSize=1000&pageToken=" + token).json();
            page.getJsonArray("items").forEach(item -> seen.add(((JsonObject) item).getString("atespace")));
            token = page.getString("nextPageToken");
        } while (token != null);

        assertThat(seen).contains(atespace);
    }

    @Test
    void anAtespaceWithoutActorsIsNoneThatIsMissing() {
        String missing = "Atespace nowhere not found";

        assertThat(api.get(actors).json().getJsonArray("items")).isEmpty();
        assertThat(api.get("/v1/atespaces/nowhere/actors").problem(404, Code.NOT_FOUND))
                .isEqualTo(missing);
        assertThat(api.get("/v1/atespaces/nowhere/actors?status=RUNNING").problem(404, Code.NOT_FOUND))
                .isEqualTo(missing);
        assertThat(api.get("/v1/atespaces/nowhere/actors/a").problem(404, Code.NOT_FOUND))
                .isEqualTo(missing);
        assertThat(api.get("/v1/atespaces/nowhere/actors/a/events").problem(404, Code.NOT_FOUND))
                .isEqualTo(missing);
    }

    @Test
    void aPatchMergesAndNullRemoves() {
        api.post(actors, """
                {"id":"a","template":{"namespace":"demo","name":"counter"},"labels":{"keep":"1","change":"1","drop":"1"}}""");

        Answer patched = api.patch(actors + "/a", "{\"labels\":{\"change\":\"2\",\"drop\":null,\"add\":\"3\"}}");

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.json().getJsonObject("labels"))
                .isEqualTo(new JsonObject().put("keep", "1").put("change", "2").put("add", "3"));
        assertThat(patched.json().getLong("version")).isEqualTo(2);
        assertThat(patched.json().getJsonObject("workerSelector")).isEqualTo(new JsonObject());
    }

    @Test
    void aChangeOfAnotherVersionIsRefused() {
        create("a");
        api.patch(actors + "/a", "{\"labels\":{\"x\":\"1\"}}");

        String stale = api.patch(actors + "/a", "{\"labels\":{\"x\":\"2\"}}", "If-Match", "\"1\"")
                .problem(412, Code.ABORTED);
        Answer present = api.patch(actors + "/a", "{\"labels\":{\"x\":\"3\"}}", "If-Match", "\"2\"");

        assertThat(stale).isEqualTo("concurrent update conflict, please retry");
        assertThat(present.json().getJsonObject("labels").getString("x")).isEqualTo("3");
        api.delete(actors + "/a", "If-Match", "\"1\"").problem(412, Code.ABORTED);
        assertThat(api.get(actors + "/a").status()).isEqualTo(200);
    }

    @Test
    void concurrentMergesAllArrive() {
        create("a");

        List<Future<Answer>> calls = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                String labels = "{\"labels\":{\"l" + i + "\":\"1\"}}";
                calls.add(callers.submit(() -> api.patch(actors + "/a", labels)));
            }
        }
        calls.forEach(call -> assertThat(call.resultNow().status()).isEqualTo(200));

        assertThat(api.get(actors + "/a").json().getJsonObject("labels").fieldNames())
                .containsExactlyInAnyOrder("l0", "l1", "l2", "l3");
    }

    @Test
    void aDeletedActorIsGoneAndItsAtespaceMayGoToo() {
        create("a");
        assertThat(api.delete("/v1/atespaces/" + atespace).problem(409, Code.FAILED_PRECONDITION))
                .isEqualTo("Atespace " + atespace + " is not empty");

        assertThat(api.delete(actors + "/a").status()).isEqualTo(204);

        assertThat(api.get(actors + "/a").problem(404, Code.NOT_FOUND)).isEqualTo("Actor a not found");
        assertThat(api.delete("/v1/atespaces/" + atespace).status()).isEqualTo(204);
        assertThat(api.get("/v1/atespaces/" + atespace).problem(404, Code.NOT_FOUND))
                .isEqualTo("Atespace " + atespace + " not found");
        assertThat(api.post(actors, newActor("late")).problem(409, Code.FAILED_PRECONDITION))
                .isEqualTo("Atespace " + atespace + " not found");
    }

    @Test
    void theJournalTellsWhatHappenedEvenAfterTheEnd() {
        create("a");
        api.delete(actors + "/a");

        JsonObject all = api.get(actors + "/a/events").json();
        JsonObject first = api.get(actors + "/a/events?pageSize=1").json();
        JsonObject second = api.get(actors + "/a/events?pageSize=1&pageToken=" + first.getString("nextPageToken"))
                .json();

        assertThat(types(all)).containsExactly("Created", "Deleted");
        assertThat(types(first)).containsExactly("Created");
        assertThat(types(second)).containsExactly("Deleted");
        assertThat(second.getString("nextPageToken")).isNull();
        long created = all.getJsonArray("items").getJsonObject(0).getLong("seq");
        assertThat(types(api.get(actors + "/a/events?after=" + created).json())).containsExactly("Deleted");
        api.get(actors + "/a/events?after=x").problem(400, Code.INVALID_ARGUMENT);
        api.get(actors + "/never/events").problem(404, Code.NOT_FOUND);
    }

    @Test
    void anActorThatNeverSleptHasNoSnapshots() {
        create("a");

        assertThat(api.get(actors + "/a/snapshots").json().getJsonArray("items"))
                .isEmpty();
        api.get(actors + "/never/snapshots").problem(404, Code.NOT_FOUND);
    }

    private static List<String> types(JsonObject page) {
        return page.getJsonArray("items").stream()
                .map(item -> ((JsonObject) item).getString("type"))
                .toList();
    }

    private void create(String id) {
        assertThat(api.post(actors, newActor(id)).status()).isEqualTo(201);
    }

    private List<String> ids(String query) {
        return api.get(actors + query).json().getJsonArray("items").stream()
                .map(item -> ((JsonObject) item).getString("id"))
                .toList();
    }

    private static String newActor(String id) {
        return "{\"id\":\"" + id + "\",\"template\":{\"namespace\":\"demo\",\"name\":\"counter\"}}";
    }
}
