package dev.dormouse.crd;

import static dev.dormouse.crd.RuleCase.items;
import static dev.dormouse.crd.RuleCase.text;

import java.util.List;
import java.util.stream.Stream;

/** The rules of ActorTemplate, as the contract has them. */
final class ActorTemplateCases {

    private static final String DIGEST = "@sha256:0000";
    private static final String PINNED = "All images must be pinned (changing the image invalidates snapshots)";
    private static final String LABEL = "Name must be a valid DNS label";
    private static final String REQUIRED = "Required value";
    private static final String ONE_ENV_SOURCE = "Exactly one of value and valueFrom must be set";
    private static final String CLEAN =
            "MountPath must be a clean absolute Unix path: must start with '/', not be '/', and contain no ':', '..', '.', '//',"
                    + " trailing '/', or control characters";
    private static final String READYZ = "Must be an absolute URL path";
    private static final String EXTENT = "Must be one of Full, Data";
    private static final String EMPTY = "Must be at least 1 character long";

    private ActorTemplateCases() {}

    static Stream<RuleCase> all() {
        return Stream.of(
                        spec(),
                        container(),
                        env(),
                        readyz(),
                        volumes(),
                        snapshots(),
                        pullSecrets(),
                        policy(),
                        ofBothEras())
                .flatMap(cases -> cases);
    }

    private static Stream<RuleCase> spec() {
        return Stream.of(
                rule("/pauseImage", text("p" + DIGEST), text("pause:3"), PINNED),
                rule("/pauseImage", text("@"), "null", REQUIRED),
                rule(
                        "/containers",
                        items(10, ActorTemplateCases::container),
                        items(11, ActorTemplateCases::container),
                        "Must have at most 10 items"),
                rule("/containers", "null", items(2, i -> container(0)), "Container names must be unique"),
                rules(
                        "/sandboxClass",
                        List.of("null", text("gvisor"), text("microvm"), text("process")),
                        List.of(text("docker"), text("GVISOR"), text("")),
                        "Must be one of gvisor, microvm, process"),
                rule(
                        "/workerSelector",
                        "{\"matchLabels\":{\"a\":\"b\"}}",
                        "{\"matchExpressions\":[{\"operator\":\"Exists\"}]}",
                        "workerSelector.matchExpressions[0].key",
                        REQUIRED),
                rule(
                        "/workerSelector",
                        "{}",
                        "{\"matchExpressions\":[{\"key\":\"a\"}]}",
                        "workerSelector.matchExpressions[0].operator",
                        REQUIRED));
    }

    private static Stream<RuleCase> container() {
        String at = "/containers/0";
        return Stream.of(
                rule(at + "/name", text("a".repeat(63)), text("a".repeat(64)), "Must be at most 63 characters"),
                rules(
                        at + "/name",
                        List.of(text("a-1"), text("0")),
                        List.of(text("A_1"), text("-a"), text("a-"), text("a.b"), text(""), text("a\n")),
                        LABEL),
                rule(at + "/name", text("a"), "null", REQUIRED),
                rule(at + "/name", text("pauses"), text("pause"), "The name 'pause' is reserved"),
                rule(at + "/image", text("a:1" + DIGEST), text("a:latest"), PINNED),
                rule(at + "/image", text("a" + DIGEST), "null", REQUIRED),
                rule(at + "/command", items(64, i -> "\"x\""), items(65, i -> "\"x\""), "Must have at most 64 items"),
                rule(at + "/args", items(64, i -> "\"x\""), items(65, i -> "\"x\""), "Must have at most 64 items"),
                rule(
                        at + "/env",
                        items(32, i -> "{\"name\":\"a\",\"value\":\"\"}"),
                        items(33, i -> "{\"name\":\"a\",\"value\":\"\"}"),
                        "Must have at most 32 items"),
                rule(
                        at + "/volumeMounts",
                        items(32, i -> "{\"name\":\"a\",\"mountPath\":\"/a\"}"),
                        items(33, i -> "{\"name\":\"a\",\"mountPath\":\"/a\"}"),
                        "Must have at most 32 items"));
    }

    private static Stream<RuleCase> env() {
        String at = "/containers/0/env";
        String secret = at + "/1/valueFrom/secretKeyRef";
        return Stream.of(
                rules(
                        at + "/0/name",
                        List.of(text("A b~!"), text(" ")),
                        List.of(text("A=B"), text("é"), text("a\n"), text("\u007f")),
                        "Must be printable ASCII characters other than '='"),
                rule(at + "/0/name", text(" "), text(""), EMPTY),
                rule(at + "/0/name", text("E"), "null", REQUIRED),
                rule(at + "/0/value", text(""), "null", "containers[0].env[0]", ONE_ENV_SOURCE),
                rule(at + "/1/value", "null", text("x"), "containers[0].env[1]", ONE_ENV_SOURCE),
                rule(secret, "{\"name\":\"a.b\",\"key\":\"k\",\"optional\":true}", "null", REQUIRED),
                rules(
                        secret + "/name",
                        List.of(text("a.b-c"), text("0")),
                        List.of(text("a..b"), text("A"), text("a/b"), text("")),
                        "Must be a valid DNS subdomain"),
                rule(secret + "/name", text("a".repeat(253)), text("a".repeat(254)), "Must be at most 253"),
                rule(secret + "/name", text("a"), "null", REQUIRED),
                rule(secret + "/key", text("config.json"), text("a/b"), "Must be letters"),
                rule(secret + "/key", text("_"), text(""), EMPTY),
                rule(secret + "/key", text("-"), "null", REQUIRED));
    }

    private static Stream<RuleCase> readyz() {
        String at = "/containers/0/readyz/httpGet";
        return Stream.of(
                rule(at, "{\"port\":1}", "null", REQUIRED),
                rules(at + "/port", List.of("1", "65535"), List.of("0", "65536", "-1"), "Must be between 1 and 65535"),
                rule(at + "/port", "80", "null", REQUIRED),
                rules(
                        at + "/path",
                        List.of(text("/"), text("/a-b._~!$&'()*+,;=:@/%2F"), text("/%0a"), "null"),
                        List.of(text("/a b"), text("readyz"), text("/%0"), text("/?a"), text("/é"), text("")),
                        READYZ),
                rule(at + "/path", text("/" + "a".repeat(1023)), text("/" + "a".repeat(1024)), "Must be at most 1024"));
    }

    private static Stream<RuleCase> volumes() {
        String mount = "/containers/0/volumeMounts/0";
        return Stream.of(
                rule(mount + "/name", text("data"), text("Data"), LABEL),
                rule(mount + "/name", text("a".repeat(63)), text("a".repeat(64)), "Must be at most 63 characters"),
                rule(mount + "/name", text("d"), "null", REQUIRED),
                rule(mount + "/mountPath", text("/a/b.c/..d"), "null", REQUIRED),
                rules(
                        mount + "/mountPath",
                        List.of(text("/" + "ab/".repeat(1364) + "xyz"), text("/" + "🐭".repeat(4095))),
                        List.of(text("/" + "a".repeat(4096)), text("/" + "🐭".repeat(4096))),
                        "Must be at most 4096"),
                rules(
                        mount + "/mountPath",
                        List.of(text("/home/.cache"), text("/a b"), text("/..."), text("/a/..b")),
                        Stream.of(
                                        "a",
                                        "/",
                                        "/a:b",
                                        "/a/../b",
                                        "/a/..",
                                        "/a/./b",
                                        "/a/.",
                                        "/.",
                                        "//a",
                                        "/a//b",
                                        "/a/",
                                        "/a\u0000",
                                        "/a\n",
                                        "/\u007f",
                                        "")
                                .map(RuleCase::text)
                                .toList(),
                        CLEAN),
                rule(
                        "/volumes",
                        items(32, i -> "{\"name\":\"v" + i + "\",\"durableDir\":{}}"),
                        items(33, i -> "{\"name\":\"v" + i + "\",\"durableDir\":{}}"),
                        "Must have at most 32 items"),
                rule(
                        "/volumes",
                        "[]",
                        items(2, i -> "{\"name\":\"v\",\"durableDir\":{}}"),
                        "Volume names must be unique"),
                rule("/volumes/0/name", text("data"), text("data."), LABEL),
                rule("/volumes/0/name", text("a".repeat(63)), text("a".repeat(64)), "Must be at most 63 characters"),
                rule("/volumes/0/name", text("v"), "null", REQUIRED),
                rule("/volumes/0/durableDir", "{}", "null", "volumes[0]", "Exactly one volume source must be set"));
    }

    private static Stream<RuleCase> snapshots() {
        String at = "/snapshotsConfig";
        return Stream.of(
                rule(at, "{\"location\":\"x\"}", "null", REQUIRED),
                rule(at + "/location", text("x"), text(""), EMPTY),
                rule(at + "/location", text("x"), "null", REQUIRED),
                rules(at + "/onPause", List.of(text("Full"), text("Data"), "null"), List.of(text("full")), EXTENT),
                rules(at + "/onCommit", List.of(text("Full"), text("Data"), "null"), List.of(text("None")), EXTENT),
                rules(
                        at,
                        List.of(
                                "{\"location\":\"x\",\"onPause\":\"Data\",\"onCommit\":\"Data\"}",
                                "{\"location\":\"x\",\"onCommit\":\"Data\"}"),
                        List.of(
                                "{\"location\":\"x\",\"onPause\":\"Data\"}",
                                "{\"location\":\"x\",\"onPause\":\"Data\",\"onCommit\":\"Full\"}"),
                        "onCommit must be a subset of onPause"));
    }

    private static Stream<RuleCase> pullSecrets() {
        String at = "/imagePullSecrets";
        return Stream.of(
                rule(
                        at,
                        items(32, i -> "{\"name\":\"s\"}"),
                        items(33, i -> "{\"name\":\"s\"}"),
                        "Must have at most 32 items"),
                rules(
                        at + "/0/name",
                        List.of(text("team.registry-1")),
                        List.of(text("Team_Registry"), text("a..b"), text("")),
                        "Must be a valid DNS subdomain"),
                rule(at + "/0/name", text("a".repeat(253)), text("a".repeat(254)), "Must be at most 253"),
                rule(at + "/0/name", text("a"), "null", REQUIRED));
    }

    private static Stream<RuleCase> policy() {
        String at = "/policy/egress";
        String rule = at + "/allow/0";
        return Stream.of(
                rules(
                        at + "/default",
                        List.of(text("Deny"), "null"),
                        List.of(text("deny")),
                        "Must be one of Allow, Deny"),
                rule(
                        at,
                        "{\"default\":\"Allow\"}",
                        "{\"default\":\"Allow\",\"allow\":[]}",
                        "Rules need the default Deny: Allow leaves nothing to allow"),
                rule(
                        at + "/allow",
                        items(32, i -> "{\"hosts\":[\"a\"]}"),
                        items(33, i -> "{\"hosts\":[\"a\"]}"),
                        "Must have at most 32 items"),
                rules(
                        rule,
                        List.of("{\"hosts\":[\"a\"]}", "{\"cidrs\":[\"::/0\"]}"),
                        List.of("{}", "{\"ports\":[{\"port\":1}]}"),
                        "A rule needs hosts or cidrs"),
                rule(rule + "/hosts", items(64, i -> "\"a\""), items(65, i -> "\"a\""), "Must have at most 64 items"),
                rules(
                        rule + "/hosts/0",
                        List.of(text("db"), text("*.example.com"), text("a-1.b.c2"), text("*.com"), text("xn--p1ai")),
                        List.of(
                                text("Example.com"),
                                text("10.0.0.1"),
                                text("*"),
                                text("a.*.b"),
                                text("*a.b"),
                                text("a..b"),
                                text("a."),
                                text("-a"),
                                text("a_b"),
                                text("a\n"),
                                text("")),
                        "Must be a host name"),
                rule(
                        rule + "/hosts/0",
                        text("a.".repeat(126) + "a"),
                        text("a.".repeat(127) + "a"),
                        "Must be at most 253 characters"),
                rule(
                        rule + "/cidrs",
                        items(64, i -> "\"10.0.0.0/8\""),
                        items(65, i -> "\"10.0.0.0/8\""),
                        "Must have at most 64 items"),
                rules(
                        rule + "/cidrs/0",
                        List.of(
                                text("0.0.0.0/0"),
                                text("255.255.255.255/32"),
                                text("10.1.2.3/8"),
                                text("2001:db8::/32"),
                                text("::/0"),
                                text("::1/128"),
                                text("1:2:3:4:5:6:7:8/127"),
                                text("1::8/64")),
                        List.of(
                                text("10.0.0.0"),
                                text("10.0.0.0/33"),
                                text("10.0.0/8"),
                                text("256.0.0.0/8"),
                                text("010.0.0.0/8"),
                                text("10.0.0.0/08"),
                                text("::/129"),
                                text("2001:DB8::/32"),
                                text("1::2::3/64"),
                                text("1:2:3/64"),
                                text("::1.2.3.4/128"),
                                text("10.0.0.0/8\n"),
                                text("")),
                        "Must be a range of addresses"),
                rule(
                        rule + "/cidrs/0",
                        text("aaaa:".repeat(7) + "aaaa/128"),
                        text("aaaa:".repeat(8) + "aaaa/128"),
                        "Must be at most 43 characters"),
                rule(
                        rule + "/ports",
                        items(64, i -> "{\"port\":1}"),
                        items(65, i -> "{\"port\":1}"),
                        "Must have at most 64 items"),
                rules(
                        rule + "/ports/0/port",
                        List.of("1", "65535"),
                        List.of("0", "65536"),
                        "Must be between 1 and 65535"),
                rule(rule + "/ports/0/port", "443", "null", "Required value"),
                rules(
                        rule + "/ports/0/protocol",
                        List.of(text("TCP"), text("UDP"), "null"),
                        List.of(text("tcp"), text("ICMP")),
                        "Must be one of TCP, UDP"));
    }

    private static Stream<RuleCase> ofBothEras() {
        Stream<RuleCase> runsc = Stream.of("/runsc/amd64", "/runsc/arm64")
                .flatMap(at -> Stream.of(
                        rules(
                                at + "/sha256Hash",
                                List.of(text("abc123"), text("z")),
                                List.of(text("ABC"), text(""), text("a-b")),
                                "Must be lower case"),
                        rule(at + "/sha256Hash", text("a"), "null", REQUIRED),
                        rule(at + "/url", text("x"), text(""), EMPTY),
                        rule(at + "/url", text("x"), "null", REQUIRED),
                        rule(at, "null", "{}", at.substring(1).replace('/', '.') + ".url", REQUIRED)));
        Stream<RuleCase> lifecycle = Stream.of(
                rules(
                        "/lifecycle/idleTimeout",
                        List.of(text("0"), text("90s"), text("1h30m"), text("1.5s"), "null"),
                        List.of(text("5"), text("soon"), text("-1s"), text("")),
                        "Must be a duration"),
                rule(
                        "/lifecycle/idleTimeout",
                        text("1".repeat(62) + "s"),
                        text("1".repeat(63) + "s"),
                        "Must be at most 63 characters"));
        Stream<RuleCase> identity = Stream.of(
                rules(
                        "/identity/tokenAudience",
                        List.of(text("https://vault.example.com/x?y"), "null"),
                        List.of(text("two words"), text("umläut")),
                        "Must be printable ASCII"),
                rule("/identity/tokenAudience", text("a".repeat(256)), text("a".repeat(257)), "Must be at most 256"),
                rule("/identity/tokenAudience", text("a"), text(""), EMPTY));
        return Stream.of(runsc, lifecycle, identity).flatMap(cases -> cases);
    }

    private static String container(int i) {
        return "{\"name\":\"c%d\",\"image\":\"x@y\"}".formatted(i);
    }

    private static RuleCase rule(String pointer, String accepted, String refused, String message) {
        return rules(pointer, List.of(accepted), List.of(refused), message);
    }

    private static RuleCase rule(String pointer, String accepted, String refused, String field, String message) {
        return new RuleCase(RuleCase.Kind.ACTOR_TEMPLATE, pointer, List.of(accepted), List.of(refused), field, message);
    }

    private static RuleCase rules(String pointer, List<String> accepted, List<String> refused, String message) {
        return new RuleCase(RuleCase.Kind.ACTOR_TEMPLATE, pointer, accepted, refused, RuleCase.field(pointer), message);
    }
}
