package dev.dormouse.sandboxconfig;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.Violation;
import dev.dormouse.sandboxconfig.SandboxConfigSpec.Asset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The rules of a SandboxConfig, with the words of its CRD, for where no API server enforces its schema. */
public final class SandboxConfigRules {

    private static final int ARCHITECTURES = 16;
    private static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final Pattern SHA256 = Pattern.compile("[a-f0-9]{64}");
    static final String GVISOR_ASSETS = "Class gvisor needs the asset runsc for each architecture";
    static final String MICROVM_ASSETS = "Class microvm needs the assets cloud-hypervisor, virtiofsd, kata-kernel,"
            + " kata-image and kata-config for each architecture";

    private SandboxConfigRules() {}

    /** All rules that the spec breaks. */
    public static List<Violation> violations(SandboxConfigSpec spec) {
        FieldCheck check = FieldCheck.at("spec");
        if (spec.assets() != null) {
            FieldCheck all = check.field("assets");
            all.maxItems(spec.assets().keySet(), ARCHITECTURES);
            spec.assets()
                    .forEach((arch, assets) -> assets.forEach(
                            (name, asset) -> asset(all.field(arch).field(name), asset)));
            needed(all, spec.effectiveSandboxClass(), spec.assets().values());
        }
        return check.violations();
    }

    private static void asset(FieldCheck check, Asset asset) {
        check.field("url").requiredText(asset.url());
        check.field("sha256").required(asset.sha256());
        check.field("sha256").matches(asset.sha256(), UNBOUNDED, SHA256, "Must be 64 lower case hexadecimal digits");
    }

    private static void needed(FieldCheck check, SandboxClass sandboxClass, Collection<Map<String, Asset>> assets) {
        switch (sandboxClass) {
            case GVISOR -> check.must(assets, all(Set.of("runsc")), GVISOR_ASSETS);
            case MICROVM ->
                check.must(
                        assets,
                        all(Set.of("cloud-hypervisor", "virtiofsd", "kata-kernel", "kata-image", "kata-config")),
                        MICROVM_ASSETS);
            case PROCESS -> {
                // it runs the image's own files
            }
        }
    }

    private static Predicate<Collection<Map<String, Asset>>> all(Set<String> names) {
        return architectures ->
                architectures.stream().allMatch(assets -> assets.keySet().containsAll(names));
    }
}
