package dev.dormouse.crd;

import static dev.dormouse.crd.RuleCase.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The rules of SandboxConfig, as the contract has them. */
final class SandboxConfigCases {

    private static final String REQUIRED = "Required value";
    private static final String RUNSC = "/assets/amd64/runsc";
    private static final List<String> MICROVM =
            List.of("cloud-hypervisor", "virtiofsd", "kata-kernel", "kata-image", "kata-config");
    private static final String ASSET = "{\"url\":\"x\",\"sha256\":\"%s\"}".formatted("b".repeat(64));

    private SandboxConfigCases() {}

    static Stream<RuleCase> all() {
        return Stream.of(
                rule(
                        "/sandboxClass",
                        List.of("null", text("gvisor"), text("process")),
                        List.of(text("docker"), text("")),
                        "Must be one of gvisor, microvm, process"),
                rule(RUNSC + "/url", List.of(text("u")), List.of(text("")), "Must be at least 1 character long"),
                rule(RUNSC + "/url", List.of(text("u")), List.of("null"), REQUIRED),
                rule(
                        RUNSC + "/sha256",
                        List.of(text("0123456789abcdef".repeat(4))),
                        List.of(text("a"), text("A".repeat(64)), text("a".repeat(65)), text("")),
                        "Must be 64 lower case hexadecimal digits"),
                rule(RUNSC + "/sha256", List.of(text("c".repeat(64))), List.of("null"), REQUIRED),
                rule(
                        "/assets",
                        List.of("null", "{}", "{\"amd64\":%s,\"arm64\":%1$s}".formatted(assets(List.of("runsc", "x")))),
                        List.of(
                                "{\"amd64\":{}}",
                                "{\"amd64\":%s,\"arm64\":{}}".formatted(assets(List.of("runsc"))),
                                "{\"amd64\":%s}".formatted(assets(List.of("runc")))),
                        "Class gvisor needs the asset runsc for each architecture"),
                rule("/assets", List.of(architectures(16)), List.of(architectures(17)), "Must have at most 16 items"),
                microvm());
    }

    private static String architectures(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"arch%d\":%s".formatted(i, assets(List.of("runsc"))))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static RuleCase microvm() {
        List<String> incomplete = new ArrayList<>();
        for (String missing : MICROVM) {
            incomplete.add(microvm(
                    MICROVM.stream().filter(name -> !name.equals(missing)).toList()));
        }
        return new RuleCase(
                RuleCase.Kind.SANDBOX_CONFIG,
                "",
                List.of(microvm(MICROVM), "{\"sandboxClass\":\"microvm\"}"),
                incomplete,
                "assets",
                "Class microvm needs the assets cloud-hypervisor, virtiofsd, kata-kernel, kata-image and kata-config for"
                        + " each architecture");
    }

    private static String microvm(List<String> names) {
        return "{\"sandboxClass\":\"microvm\",\"assets\":{\"amd64\":%s}}".formatted(assets(names));
    }

    private static String assets(List<String> names) {
        return names.stream()
                .map(name -> "\"%s\":%s".formatted(name, ASSET))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static RuleCase rule(String pointer, List<String> accepted, List<String> refused, String message) {
        return new RuleCase(RuleCase.Kind.SANDBOX_CONFIG, pointer, accepted, refused, RuleCase.field(pointer), message);
    }
}
