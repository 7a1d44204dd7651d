package dev.dormouse.crd;

import static dev.dormouse.crd.RuleCase.items;
import static dev.dormouse.crd.RuleCase.text;

import java.util.List;
import java.util.stream.Stream;

/** The rules of WorkerPool, as the contract has them, and those of Kubernetes' types in it. */
final class WorkerPoolCases {

    private static final String REQUIRED = "Required value";
    private static final String QUANTITY = "Must be a quantity such as 500m or 1Gi";
    private static final String AFFINITY = "/template/nodeAffinity";
    private static final String HARD = AFFINITY + "/requiredDuringSchedulingIgnoredDuringExecution";
    private static final String SOFT = AFFINITY + "/preferredDuringSchedulingIgnoredDuringExecution";

    private WorkerPoolCases() {}

    static Stream<RuleCase> all() {
        return Stream.of(spec(), autoscaling(), affinity(), resources()).flatMap(cases -> cases);
    }

    private static Stream<RuleCase> spec() {
        return Stream.of(
                rule("/replicas", List.of("0", "9"), List.of("-1"), "Must be at least 0"),
                rule("/ateomImage", List.of(text("a")), List.of(text("")), "Must be at least 1 character long"),
                rule("/ateomImage", List.of(text("a")), List.of("null"), REQUIRED),
                rule(
                        "/sandboxClass",
                        List.of("null", text("gvisor"), text("microvm"), text("process")),
                        List.of(text("docker"), text("")),
                        "Must be one of gvisor, microvm, process"),
                rule(
                        "/template/tolerations",
                        List.of("[]", items(16, i -> "{\"key\":\"a\"}")),
                        List.of(items(17, i -> "{\"key\":\"a\"}")),
                        "Must have at most 16 items"));
    }

    private static Stream<RuleCase> autoscaling() {
        String least = "Must be at least ";
        String bounds = "MinReplicas must be at most maxReplicas";
        return Stream.of(
                rule(
                        "",
                        "replicas",
                        List.of(
                                "{\"ateomImage\": \"a\", \"replicas\": 2147483647}",
                                "{\"ateomImage\": \"a\", \"autoscaling\": {\"maxReplicas\": 3}}"),
                        List.of("{\"ateomImage\": \"a\"}"),
                        "Replicas are required where autoscaling is not set"),
                autoscaling("minReplicas", List.of(limits(0, 1, 0)), List.of(limits(-1, 1, 0)), least + "0"),
                autoscaling(
                        "targetFree",
                        List.of(limits(1, 1, 0), limits(1, 1, 9)),
                        List.of(limits(1, 1, -1)),
                        least + "0"),
                autoscaling("maxReplicas", List.of("{\"maxReplicas\": 1}"), List.of(limits(0, 0, 0)), least + "1"),
                autoscaling("maxReplicas", List.of(limits(2, 2, 0)), List.of("{\"minReplicas\": 1}"), REQUIRED),
                autoscaling(
                        "minReplicas",
                        List.of(limits(3, 3, 0), limits(0, 3, 5)),
                        List.of(limits(4, 3, 0), limits(2147483647, 2147483646, 0)),
                        bounds));
    }

    private static String limits(int min, int max, int free) {
        return "{\"minReplicas\": %d, \"maxReplicas\": %d, \"targetFree\": %d}".formatted(min, max, free);
    }

    private static RuleCase autoscaling(String field, List<String> accepted, List<String> refused, String message) {
        return rule("/autoscaling", "autoscaling." + field, accepted, refused, message);
    }

    private static Stream<RuleCase> affinity() {
        Stream<RuleCase> terms = Stream.of(
                rule(HARD + "/nodeSelectorTerms", List.of("[{}]"), List.of("null"), REQUIRED),
                rule(SOFT + "/0/weight", List.of("1", "100"), List.of("null"), REQUIRED),
                rule(SOFT + "/0/preference", List.of("{}"), List.of("null"), REQUIRED));
        Stream<RuleCase> requirements = Stream.of(HARD + "/nodeSelectorTerms/0", SOFT + "/0/preference")
                .flatMap(term -> Stream.of(term + "/matchExpressions/0", term + "/matchFields/0"))
                .flatMap(at -> Stream.of(
                        rule(at + "/key", List.of(text("b")), List.of("null"), REQUIRED),
                        rule(at + "/operator", List.of(text("Exists")), List.of("null"), REQUIRED)));
        return Stream.concat(terms, requirements);
    }

    private static Stream<RuleCase> resources() {
        List<String> quantities = Stream.of("1", "0.5", "250m", "1Gi", ".5", "1e3", "+1k")
                .map(RuleCase::text)
                .toList();
        List<String> others = Stream.of("lots", "1 Gi", "1GB", "one", "--1")
                .map(RuleCase::text)
                .toList();
        return Stream.of(
                rule("/template/resources/requests/cpu", quantities, others, QUANTITY),
                rule("/template/resources/limits/memory", quantities, others, QUANTITY),
                rule("/template/resources/claims/0/name", List.of(text("c")), List.of("null"), REQUIRED));
    }

    private static RuleCase rule(String pointer, List<String> accepted, List<String> refused, String message) {
        return rule(pointer, RuleCase.field(pointer), accepted, refused, message);
    }

    private static RuleCase rule(
            String pointer, String field, List<String> accepted, List<String> refused, String message) {
        return new RuleCase(RuleCase.Kind.WORKER_POOL, pointer, accepted, refused, field, message);
    }
}
