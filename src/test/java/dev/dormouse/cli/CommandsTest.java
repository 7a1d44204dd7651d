package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

    private static final String ACTOR =
            "{\"atespace\":\"default\",\"id\":\"my-counter\",\"status\":\"STATUS_SUSPENDED\"}";

    private static final String CREATED = """
            {"seq":1,"at":"2026-08-30T11:00:00Z","type":"Created","cause":null,"worker":null,"generation":0,"phases":{},"message":null}""";
    private static final String RUNNING = """
            {"seq":2,"at":"2026-08-30T11:54:30Z","type":"Running","cause":"REQUEST","worker":"demo/demo/demo-0","generation":3,\
            "phases":{"claim":2100,"restore":70000,"total":81300},"message":null}""";

    private ScriptedApi api;

    @BeforeEach
    void start() throws Exception {
        api = new ScriptedApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void createdActorsAreNamed() {
        api.answers("POST /v1/atespaces/team-a/actors", 201, "application/json", ACTOR);

        var run = CliRun.of(
                api,
                "create",
                "actor",
                "my-counter",
                "-t",
                "demo/counter",
                "-a",
                "team-a",
                "--label",
                "team=blue",
                "--selector",
                "gpu=yes");

        assertThat(run).isEqualTo(new CliRun(0, "actor/my-counter created\n", ""));
        assertThat(api.bodies())
                .containsExactly(
                        "{\"id\":\"my-counter\",\"template\":{\"namespace\":\"demo\",\"name\":\"counter\"},\"labels\":{\"team\":\"blue\"},\"workerSelector\":{\"gpu\":\"yes\"}}");
    }

    @Test
    void atespacesHaveOwnersLabelsAndQuotas() {
        api.answers("POST /v1/atespaces", 201, "application/json", "{\"name\":\"team-a\"}");
        api.answers("PATCH /v1/atespaces/team-a", "{\"name\":\"team-a\"}");

        var created = CliRun.of(
                api, "create", "atespace", "team-a", "--owner", "a b", "--label", "x=y", "--quota", "actors=100");
        var changed = CliRun.of(
                api,
                "set",
                "atespace/team-a",
                "--quota",
                "actors=7,runningActors=1",
                "--no-quota",
                "snapshotBytes",
                "--no-label",
                "x");

        assertThat(created).isEqualTo(new CliRun(0, "atespace/team-a created\n", ""));
        assertThat(changed).isEqualTo(new CliRun(0, "atespace/team-a changed\n", ""));
        assertThat(api.bodies())
                .containsExactly(
                        "{\"name\":\"team-a\",\"owner\":\"a b\",\"labels\":{\"x\":\"y\"},\"quotas\":{\"actors\":100}}",
                        "{\"labels\":{\"x\":null},\"quotas\":{\"actors\":7,\"runningActors\":1,\"snapshotBytes\":null}}");
        assertThat(CliRun.of(api, "set", "atespace", "team-a").exitCode()).isEqualTo(1);
        assertThat(CliRun.of(api, "set", "atespace", "team-a", "--quota", "actors=x")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void transitionsSayWhatTheyDid() {
        for (String verb : new String[] {"resume", "suspend", "pause"}) {
            api.answers("POST /v1/atespaces/default/actors/my-counter:" + verb, ACTOR);
        }

        assertThat(CliRun.of(api, "resume", "actor", "my-counter", "--boot").out())
                .isEqualTo("actor/my-counter resumed\n");
        assertThat(CliRun.of(api, "suspend", "actor", "my-counter").out()).isEqualTo("actor/my-counter suspended\n");
        assertThat(CliRun.of(api, "pause", "actor", "my-counter", "-o", "name").out())
                .isEqualTo("actor/my-counter\n");
        assertThat(api.bodies()).containsExactly("{\"boot\":true}");
    }

    @Test
    void aForkNamesItsOrigin() {
        api.answers(
                "POST /v1/atespaces/default/actors/my-counter:fork",
                201,
                "application/json",
                ACTOR.replace("my-counter", "copy"));

        assertThat(CliRun.of(api, "fork", "actor", "my-counter", "copy").out())
                .isEqualTo("actor/copy forked from my-counter\n");
        assertThat(api.bodies()).containsExactly("{\"id\":\"copy\"}");
    }

    @Test
    void deletionsAreConfirmed() {
        api.answers("DELETE /v1/atespaces/default/actors/my-counter", 204, "application/json", "");
        api.answers("DELETE /v1/manifests/ActorTemplate/demo/counter", 204, "application/json", "");

        assertThat(CliRun.of(api, "delete", "actor", "my-counter"))
                .isEqualTo(new CliRun(0, "actor/my-counter deleted\n", ""));
        assertThat(CliRun.of(api, "delete", "template", "demo/counter"))
                .isEqualTo(new CliRun(0, "template/demo/counter deleted\n", ""));
    }

    @Test
    void logsArePrintedAsTheyCome() {
        String logs = "GET /v1/atespaces/default/actors/a/logs";
        api.answers(logs, 200, "text/plain", "one\r\ntwo\rthree\n");
        api.answers(logs + "?follow=true&tail=5&since=10m&container=main&timestamps=true", 200, "text/plain", "four\n");

        assertThat(CliRun.of(api, "logs", "actor", "a")).isEqualTo(new CliRun(0, "one\r\ntwo\rthree\n", ""));
        assertThat(CliRun.of(api, "logs", "a", "-f", "--tail", "5", "--since", "10m", "-c", "main", "--timestamps"))
                .isEqualTo(new CliRun(0, "four\n", ""));
        assertThat(CliRun.of(api, "logs", "a", "-o", "yaml").exitCode()).isEqualTo(1);
        assertThat(CliRun.of(api, "logs", "nobody").err()).startsWith("error: not scripted");
    }

    @Test
    void severalNamesFareEachForItself() {
        api.answers("DELETE /v1/atespaces/default/actors/a", 204, "application/json", "");
        api.answers(
                "DELETE /v1/atespaces/default/actors/b", 409, "application/problem+json", "{\"detail\":\"b runs\"}");
        api.answers("DELETE /v1/atespaces/default/actors/c", 204, "application/json", "");

        assertThat(CliRun.of(api, "delete", "actor", "a", "b", "c"))
                .isEqualTo(new CliRun(1, "actor/a deleted\nactor/c deleted\n", "error: b runs\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "suspend actor a b",
                "suspend a b",
                "suspend actor/a actor/b",
                "suspend -a default actors/a b",
                "-o table suspend actors a b",
                "suspend -o name a b"
            })
    void theKindStandsInFrontOrIsLeftOutWhereThereIsOne(String args) {
        api.answers("POST /v1/atespaces/default/actors/a:suspend", ACTOR);
        api.answers("POST /v1/atespaces/default/actors/b:suspend", ACTOR);

        CliRun.of(api, args.split(" "));

        assertThat(api.requests())
                .containsExactly(
                        "POST /v1/atespaces/default/actors/a:suspend", "POST /v1/atespaces/default/actors/b:suspend");
    }

    @Test
    void severalTransitionsInAFormatAreOneList() {
        api.answers("POST /v1/atespaces/default/actors/a:suspend", "{\"id\":\"a\"}");
        api.answers("POST /v1/atespaces/default/actors/b:suspend", "{\"id\":\"b\"}");

        assertThat(CliRun.of(api, "suspend", "a", "b", "-o", "yaml").out()).isEqualTo("items:\n- id: a\n- id: b\n");
    }

    @Test
    void whatGetNamesDeleteTakes() {
        api.answers("DELETE /v1/manifests/ActorTemplate/demo/counter", 204, "application/json", "");
        api.answers("DELETE /v1/manifests/WorkerPool/demo/demo", 204, "application/json", "");

        assertThat(CliRun.of(api, "delete", "template/demo/counter").out())
                .isEqualTo("template/demo/counter deleted\n");
        assertThat(CliRun.of(api, "delete", "pool/demo/demo").out()).isEqualTo("pool/demo/demo deleted\n");
    }

    @Test
    void refusalsAreOneLineAndExitCodeOne() {
        api.answers(
                "DELETE /v1/atespaces/default/actors/my-counter",
                409,
                "application/problem+json",
                "{\"status\":409,\"code\":\"FAILED_PRECONDITION\",\"detail\":\"Actor my-counter is not suspended\\n(status: STATUS_RUNNING)\"}");

        assertThat(CliRun.of(api, "delete", "actor", "my-counter"))
                .isEqualTo(new CliRun(1, "", "error: Actor my-counter is not suspended (status: STATUS_RUNNING)\n"));
    }

    @Test
    void anEndpointThatIsNoApiIsSaidSo() {
        api.answers("GET /v1/workers", 200, "text/html", "<html>");

        assertThat(CliRun.of(api, "get", "workers"))
                .isEqualTo(
                        new CliRun(
                                1,
                                "",
                                "error: " + api.endpoint()
                                        + " does not look like the API of Dormouse: its answer is not JSON; set another with --endpoint or DORMOUSE_ENDPOINT\n"));
    }

    @Test
    void anUnreachableServerIsNamedAndHowToSetAnother() {
        String endpoint = api.endpoint();
        api.close();

        var run = CliRun.of(
                Map.of("DORMOUSE_ENDPOINT", "http://elsewhere.invalid"),
                "",
                "get",
                "workers",
                "--endpoint",
                endpoint + "/");

        assertThat(run)
                .isEqualTo(
                        new CliRun(
                                1,
                                "",
                                "error: can't reach the API at " + endpoint
                                        + " (no connection); is it running? Set another with --endpoint or DORMOUSE_ENDPOINT\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "get",
                "get nothing",
                "get actors --nonsense",
                "get actors -o xml",
                "create actor x",
                "create actor x -t counter",
                "delete actor ..",
                "delete actor a/b",
                "resume actor UPPER",
                "suspend UPPER",
                "suspend pool/demo/demo",
                "delete pool demo",
                "get actors -a ../default"
            })
    void wrongUsageIsOneLineAndExitCodeTwoAndAsksNothing(String args) {
        var run = CliRun.of(api, args.isEmpty() ? new String[0] : args.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("error: ").endsWith("--help'\n").hasLineCount(1);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void appliedManifestsAreSentAsTheyAreAndTheirResultsPrinted() {
        api.answers("PUT /v1/manifests", """
                [{"kind":"WorkerPool","namespace":"demo","name":"demo","result":"created"},
                 {"kind":"ActorTemplate","namespace":"demo","name":"counter","result":"unchanged"},
                 {"kind":"SandboxConfig","namespace":"","name":"default","result":"configured"}]""");

        var run = CliRun.of(Map.of("DORMOUSE_ENDPOINT", api.endpoint()), "kind: WorkerPool\n", "apply", "-f", "-");

        assertThat(run)
                .isEqualTo(new CliRun(
                        0,
                        "pool/demo/demo created\ntemplate/demo/counter unchanged\nsandboxconfig/default configured\n",
                        ""));
        assertThat(api.bodies()).containsExactly("kind: WorkerPool\n");
    }

    @Test
    void aDirectoryIsAppliedInTheOrderOfItsNamesAsOneStream(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("b.yml"), "b: 1");
        Files.writeString(dir.resolve("a.yaml"), "a: 1\n");
        Files.writeString(dir.resolve("notes.txt"), "not a manifest");
        api.answers("PUT /v1/manifests", "[]");

        var run = CliRun.of(api, "apply", "-f", dir.toString());

        assertThat(run).isEqualTo(new CliRun(0, "", ""));
        assertThat(api.bodies()).containsExactly("a: 1\n\n---\nb: 1");
    }

    @Test
    void aMissingManifestIsSaidSoAndNothingIsSent(@TempDir Path dir) {
        var run = CliRun.of(api, "apply", "-f", dir.resolve("none.yaml").toString());

        assertThat(run).isEqualTo(new CliRun(1, "", "error: there is no file " + dir.resolve("none.yaml") + "\n"));
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void whyShowsTheSummaryThenPoolsThenWorkers() {
        api.answers("GET /v1/atespaces/default/actors/my-counter/why", """
                {"summary":"no worker is free","pools":[{"namespace":"demo","pool":"demo","fits":true,"reason":"labels match"}],
                 "workers":[{"namespace":"demo","pool":"demo","pod":"demo-0","node":"local","candidate":false,"reason":"runs default/other"}]}""");

        assertThat(CliRun.of(api, "why", "actor", "my-counter").out()).isEqualTo("""
                no worker is free

                NAMESPACE   POOL   FITS   REASON
                demo        demo   true   labels match

                NAMESPACE   POOL   POD      NODE    CANDIDATE   REASON
                demo        demo   demo-0   local   false       runs default/other
                """);
    }

    @Test
    void eventsAreATableOldestFirst() {
        api.answers("GET /v1/atespaces/default/actors/my-counter/events", page(CREATED, RUNNING));

        assertThat(CliRun.of(api, "events", "actor", "my-counter").out()).isEqualTo("""
                AGE     TYPE      CAUSE     WORKER             TOOK     MESSAGE
                60m     Created   <none>    <none>             <none>   <none>
                5m30s   Running   REQUEST   demo/demo/demo-0   81.3ms   <none>
                """);
        assertThat(CliRun.of(api, "events", "actor", "my-counter", "-o", "wide", "--no-headers")
                        .out())
                .endsWith("2026-08-30T11:54:30Z   3   claim=2.1ms restore=70.0ms\n");
    }

    @Test
    void followedEventsArePrintedOnce() {
        String events = "GET /v1/atespaces/default/actors/my-counter/events";
        api.answers(events, page(CREATED));
        api.answers(events + "?after=1", page(RUNNING));
        api.answers(events + "?after=2", page());
        String change = "event: actor\ndata: {\"atespace\":\"default\",\"id\":\"my-counter\"}\n\n";
        api.answers("GET /v1/watch?atespace=default", 200, "text/event-stream", change + change);

        var run = CliRun.of(api, "events", "actor", "my-counter", "-f", "-o", "name");

        assertThat(run.out()).isEqualTo("event/1\nevent/2\n");
        assertThat(run.err()).isEqualTo("error: the API ended the watch; start it again\n");
    }

    @Test
    void topIntoAPipeIsPrintedOnce() {
        api.answers("GET /v1/workers", """
                {"items":[
                 {"namespace":"demo","pool":"demo","pod":"demo-0","state":"ASSIGNED","actor":{"atespace":"default","id":"a","template":{"namespace":"demo","name":"counter"},"idleSince":"2026-08-30T11:59:50Z"}},
                 {"namespace":"demo","pool":"demo","pod":"demo-1","state":"FREE","actor":null}]}""");

        assertThat(CliRun.of(api, "top").out()).isEqualTo("""
                2 workers: 1 ASSIGNED, 1 FREE

                NAMESPACE   POOL   POD      STATUS     ATESPACE   ACTOR            IDLE
                demo        demo   demo-0   ASSIGNED   default    demo/counter/a   10s
                demo        demo   demo-1   FREE       <none>     <none>           <none>
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "get --help", "get actors --help", "create actor -h", "resume --help", "--version"})
    void helpIsNoError(String args) {
        var run = CliRun.of(api, args.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsIgnoringCase("kubectl-ate");
        assertThat(run.err()).isEmpty();
    }

    private static String page(String... items) {
        return "{\"items\":[" + String.join(",", items) + "],\"nextPageToken\":null}";
    }
}
