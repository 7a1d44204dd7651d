package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GetCommandTest {

    private static final String SLEEPING = """
            {"atespace":"default","id":"my-counter","uid":"u1","template":{"namespace":"demo","name":"counter"},\
            "status":"STATUS_SUSPENDED","version":5,"generation":2,"worker":null,"snapshot":null,"labels":{},"workerSelector":{},\
            "idleSince":null,"lastError":null,"createdAt":"2026-08-27T12:00:00Z","updatedAt":"2026-08-30T11:00:00Z"}""";
    private static final String AWAKE = """
            {"atespace":"team-a","id":"a1","uid":"u2","template":{"namespace":"demo","name":"static"},\
            "status":"STATUS_RUNNING","version":12,"generation":3,\
            "worker":{"namespace":"demo","pool":"demo","pod":"demo-0","ip":"10.0.0.7","node":"local"},"snapshot":null,\
            "labels":{"team":"blue"},"workerSelector":{},"idleSince":"2026-08-30T11:55:00Z",\
            "lastError":"the workload\\u001b[31m exited\\nwith 1","createdAt":"2026-08-30T10:00:00Z",\
            "updatedAt":"2026-08-30T11:00:00Z"}""";

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
    void actorsOfTheDefaultAtespaceAreATable() {
        api.answers("GET /v1/atespaces/default/actors", page(SLEEPING));

        var run = CliRun.of(api, "get", "actors");

        assertThat(run.out()).isEqualTo("""
                NAMESPACE   TEMPLATE   ID           STATUS             ATEOM POD   ATEOM IP   VERSION
                demo        counter    my-counter   STATUS_SUSPENDED   <none>      <none>     5
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void atespacesShowTheirQuotasWhenAsked() {
        api.answers("GET /v1/atespaces", page("""
                        {"name":"team-a","owner":"a@example.com","labels":{"tier":"gold"},"quotas":{"actors":100,"runningActors":5}}"""));

        assertThat(CliRun.of(api, "get", "atespaces", "-o", "wide").out()).isEqualTo("""
                NAME     AGE      OWNER           LABELS      QUOTAS
                team-a   <none>   a@example.com   tier=gold   actors=100,runningActors=5
                """);
    }

    @Test
    void allAtespacesComeWithTheirNamesInFront() {
        api.answers("GET /v1/actors", page(SLEEPING, AWAKE));

        var run = CliRun.of(api, "get", "actors", "-A");

        assertThat(run.out()).isEqualTo("""
                ATESPACE   NAMESPACE   TEMPLATE   ID           STATUS             ATEOM POD   ATEOM IP   VERSION
                default    demo        counter    my-counter   STATUS_SUSPENDED   <none>      <none>     5
                team-a     demo        static     a1           STATUS_RUNNING     demo-0      10.0.0.7   12
                """);
    }

    @Test
    void wideAddsNodeIdleTimeAgeAndLastErrorWithoutControlCharacters() {
        api.answers("GET /v1/actors", page(SLEEPING, AWAKE));

        var run = CliRun.of(api, "get", "actors", "-A", "-o", "wide", "--no-headers");

        assertThat(run.out()).isEqualTo("""
                default   demo   counter   my-counter   STATUS_SUSPENDED   <none>   <none>     5    <none>   <none>   3d     <none>
                team-a    demo   static    a1           STATUS_RUNNING     demo-0   10.0.0.7   12   local    5m       120m   the workload [31m exited with 1
                """);
    }

    @Test
    void everyPageIsRead() {
        api.answers("GET /v1/actors", "{\"items\":[" + SLEEPING + "],\"nextPageToken\":\"a b+/=\"}");
        api.answers("GET /v1/actors?pageToken=a%20b%2B%2F%3D", page(AWAKE));

        var run = CliRun.of(api, "get", "actors", "-A", "-o", "name");

        assertThat(run.out()).isEqualTo("actor/my-counter\nactor/a1\n");
    }

    @Test
    void filtersAreTheServersWork() {
        api.answers(
                "GET /v1/atespaces/team-a/actors?status=STATUS_RUNNING&template=demo%2Fstatic&label=team%3Dblue&label=tier%3Dgold",
                page(AWAKE));

        var run = CliRun.of(
                api,
                "get",
                "-a",
                "team-a",
                "actors",
                "--status",
                "running",
                "--template=demo/static",
                "-l",
                "team=blue,tier=gold",
                "-o",
                "name");

        assertThat(run.out()).isEqualTo("actor/a1\n");
    }

    @Test
    void nothingThereIsSaidBesideAnEmptyOutput() {
        api.answers("GET /v1/atespaces/default/actors", page());

        var run = CliRun.of(api, "get", "actors");

        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("No actors in atespace default.\n");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void oneActorAsJsonIsTheActorItself() {
        api.answers(
                "GET /v1/atespaces/default/actors/my-counter",
                "{\"id\":\"my-counter\",\"labels\":{\"a\":\"1\"},\"worker\":null}");

        var run = CliRun.of(api, "get", "actor", "my-counter", "-o", "json");

        assertThat(run.out()).isEqualTo("""
                {
                  "id" : "my-counter",
                  "labels" : {
                    "a" : "1"
                  },
                  "worker" : null
                }
                """);
    }

    @Test
    void severalActorsAreThoseThatAreThere() {
        api.answers("GET /v1/atespaces/default/actors/a", "{\"id\":\"a\"}");
        api.answers("GET /v1/atespaces/default/actors/b", 404, "application/problem+json", "{\"detail\":\"no b\"}");
        api.answers("GET /v1/atespaces/default/actors/c", "{\"id\":\"c\"}");

        var run = CliRun.of(api, "get", "actor/a", "actor/b", "c", "-o", "yaml");

        assertThat(run).isEqualTo(new CliRun(1, "items:\n- id: a\n- id: c\n", "error: no b\n"));
    }

    @Test
    void aNamedActorThatIsMissingPrintsNoEmptyList() {
        api.answers("GET /v1/atespaces/default/actors/b", 404, "application/problem+json", "{\"detail\":\"no b\"}");

        assertThat(CliRun.of(api, "get", "actor/b", "-o", "json")).isEqualTo(new CliRun(1, "", "error: no b\n"));
    }

    @Test
    void aListAsYamlKeepsStringsThatLookLikeNumbers() {
        api.answers(
                "GET /v1/atespaces/default/actors",
                page("{\"id\":\"007\",\"version\":5,\"labels\":{\"on\":\"true\"}}"));

        var run = CliRun.of(api, "get", "actors", "-o", "yaml");

        assertThat(run.out()).isEqualTo("""
                items:
                - id: "007"
                  version: 5
                  labels:
                    "on": "true"
                """);
    }

    @Test
    void anEmptyListAsJsonIsStillAList() {
        api.answers("GET /v1/workers", page());

        assertThat(CliRun.of(api, "get", "workers", "-o", "json").out()).isEqualTo("{\n  \"items\" : [ ]\n}\n");
    }

    @Test
    void workersShowWhomTheyRun() {
        api.answers(
                "GET /v1/workers",
                page(
                        "{\"namespace\":\"demo\",\"pool\":\"demo\",\"pod\":\"demo-0\",\"uid\":\"w0\",\"node\":\"local\",\"ip\":\"10.0.0.7\",\"sandboxClass\":\"process\",\"state\":\"ASSIGNED\",\"actor\":{\"atespace\":\"default\",\"id\":\"my-counter\",\"template\":{\"namespace\":\"demo\",\"name\":\"counter\"}}}",
                        "{\"namespace\":\"demo\",\"pool\":\"demo\",\"pod\":\"demo-1\",\"uid\":\"w1\",\"node\":\"local\",\"ip\":\"10.0.0.8\",\"sandboxClass\":null,\"state\":\"FREE\",\"actor\":null}"));

        assertThat(CliRun.of(api, "get", "workers").out()).isEqualTo("""
                NAMESPACE   POOL   POD      STATUS     ASSIGNED ACTOR
                demo        demo   demo-0   ASSIGNED   demo/counter/my-counter
                demo        demo   demo-1   FREE       <none>
                """);
        assertThat(CliRun.of(api, "get", "workers", "-o", "wide").out()).isEqualTo("""
                NAMESPACE   POOL   POD      STATUS     ASSIGNED ACTOR            ATESPACE   CLASS     NODE    IP
                demo        demo   demo-0   ASSIGNED   demo/counter/my-counter   default    process   local   10.0.0.7
                demo        demo   demo-1   FREE       <none>                    <none>     <none>    local   10.0.0.8
                """);
    }

    @Test
    void templatesAndPoolsShowWhatTheyAskForAndHowTheyAre() {
        api.answers("GET /v1/actortemplates", page("""
                {"metadata":{"namespace":"demo","name":"counter","creationTimestamp":"2026-08-30T11:58:30Z"},
                 "spec":{},"status":{"phase":"Ready","goldenActorID":"g1"}}"""));
        api.answers("GET /v1/workerpools", page("""
                {"metadata":{"namespace":"demo","name":"demo","creationTimestamp":"2026-08-30T11:58:30Z"},
                 "spec":{"replicas":3,"sandboxClass":"process"},"status":{"readyReplicas":2,"freeWorkers":1}}"""));

        assertThat(CliRun.of(api, "get", "templates").out()).isEqualTo("""
                NAMESPACE   NAME      CLASS    PHASE   AGE
                demo        counter   gvisor   Ready   90s
                """);
        assertThat(CliRun.of(api, "get", "pools").out()).isEqualTo("""
                NAMESPACE   NAME   CLASS     DESIRED   READY   FREE   AGE
                demo        demo   process   3         2       1      90s
                """);
    }

    @Test
    void aFailedTemplateSaysWhy() {
        api.answers("GET /v1/actortemplates/demo/broken", """
                {"metadata":{"namespace":"demo","name":"broken","creationTimestamp":"2026-08-30T11:58:30Z"},
                 "spec":{},"status":{"phase":"Failed","conditions":[
                   {"type":"Ready","status":"False","reason":"GoldenBootFailed","message":"the image is gone"}]}}""");

        assertThat(CliRun.of(api, "get", "template", "demo/broken", "-o", "wide")
                        .out())
                .isEqualTo("""
                NAMESPACE   NAME     CLASS    PHASE    AGE   GOLDEN ACTOR   GOLDEN SNAPSHOT   MESSAGE
                demo        broken   gvisor   Failed   90s   <none>         <none>            the image is gone
                """);
        assertThat(CliRun.of(api, "get", "template", "demo/broken", "-o", "json")
                        .out())
                .contains("\"message\" : \"the image is gone\"");
    }

    @Test
    void aWatchPrintsTheListThenEachChangeOnce() {
        api.answers("GET /v1/atespaces/default/actors", page(SLEEPING));
        String resuming =
                SLEEPING.replace("STATUS_SUSPENDED", "STATUS_RESUMING").replace("\"version\":5", "\"version\":6");
        api.answers(
                "GET /v1/watch?atespace=default",
                200,
                "text/event-stream",
                ":alive\n\n" + event("actor", SLEEPING)
                        + event("actor", resuming) + event("worker", "{\"uid\":\"w0\"}") + event("resync", "{}")
                        + event("actor-deleted", "{\"atespace\":\"default\",\"id\":\"my-counter\"}"));

        var run = CliRun.of(api, "get", "actors", "-w");

        assertThat(run.out()).isEqualTo("""
                NAMESPACE   TEMPLATE   ID           STATUS             ATEOM POD   ATEOM IP   VERSION
                demo        counter    my-counter   STATUS_SUSPENDED   <none>      <none>     5
                demo        counter    my-counter   STATUS_RESUMING    <none>      <none>     6
                demo        counter    my-counter   STATUS_SUSPENDED   <none>      <none>     5
                demo        counter    my-counter   DELETED            <none>      <none>     5
                """);
        assertThat(run.err()).isEqualTo("error: the API ended the watch; start it again\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    private static String event(String name, String data) {
        return "event:" + name + "\ndata:" + data + "\n\n";
    }

    private static String page(String... items) {
        return "{\"items\":[" + String.join(",", items) + "],\"nextPageToken\":null}";
    }
}
