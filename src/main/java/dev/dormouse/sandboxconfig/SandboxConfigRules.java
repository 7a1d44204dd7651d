package dev.dormouse.sandboxconfig;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.Violation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of a SandboxConfig, for where no API server enforces its schema and admission policy. */
public final class SandboxConfigRules {

    private static final Pattern SHA256 = Pattern.compile("[a-f0-9]{64}");
    private static final Set<String> GVISOR_ASSETS = Set.of("runsc");
    private static final Set<String> MICROVM_ASSETS =
            Set.of("cloud-hypervisor", "virtiofsd", "kata-kernel", "kata-image", "kata-config");

    private SandboxConfigRules() {}

    /** All rules that the spec breaks. */
    public static List<Violation> violations(SandboxConfigSpec spec) {
        FieldCheck check = FieldCheck.at("spec");
        if (spec.assets() != null) {
            spec.assets()
                    .forEach((arch, assets) ->
                            architecture(check.field("assets").field(arch), spec.effectiveSandboxClass(), assets));
        }
        return check.violations();
    }

    private static void architecture(
            FieldCheck check, SandboxClass sandboxClass, Map<String, SandboxConfigSpec.Asset> assets) {
        assets.forEach((name, asset) -> {
            check.field(name).field("url").requiredText(asset.url());
            FieldCheck sha256 = check.field(name).field("sha256");
            if (sha256.required(asset.sha256())) {
                sha256.matches(asset.sha256(), 64, SHA256, "Must be 64 lower case hexadecimal digits");
            }
        });
        neededBy(sandboxClass).stream()
                .filter(name -> !assets.containsKey(name))
                .sorted()
                .forEach(name -> check.field(name)
                        .refuse("Required value: class %s needs this asset".formatted(sandboxClass.wireName())));
    }

    private static Set<String> neededBy(SandboxClass sandboxClass) {
        return switch (sandboxClass) {
            case GVISOR -> GVISOR_ASSETS;
            case MICROVM -> MICROVM_ASSETS;
            case PROCESS -> Set.of();
        };
    }
}
