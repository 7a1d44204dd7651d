package dev.dormouse.sandboxconfig;

import dev.dormouse.sandboxconfig.SandboxConfigSpec.Asset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which SandboxConfig the workers of a pool take their sandbox from: the one it names, else the default of its class. */
public sealed interface Resolution {

    record Found(SandboxConfig config) implements Resolution {}

    /** The binaries of this name by architecture; none where there is no config, or it can't be said which. */
    default Map<String, Asset> assets(String name) {
        Map<String, Asset> found = new HashMap<>();
        if (this instanceof Found(SandboxConfig config) && config.getSpec().assets() != null) {
            config.getSpec().assets().forEach((arch, assets) -> {
                if (assets.containsKey(name)) {
                    found.put(arch, assets.get(name));
                }
            });
        }
        return found;
    }

    /** None is named and none is the default: workers use what their image brings. */
    record None() implements Resolution {}

    /**
     * It can't be said which.
     *
     * @param reason a word, as in a condition
     * @param message a sentence for the user
     */
    record Refused(String reason, String message) implements Resolution {}

    /** @param name of the config that the pool names; null for none */
    static Resolution of(SandboxClass sandboxClass, @Nullable String name, List<SandboxConfig> declared) {
        return name == null ? byClass(sandboxClass, declared) : byName(sandboxClass, name, declared);
    }

    private static Resolution byName(SandboxClass sandboxClass, String name, List<SandboxConfig> declared) {
        return declared.stream()
                .filter(config -> config.getMetadata().getName().equals(name))
                .findFirst()
                .map(config -> ofClass(sandboxClass, config))
                .orElseGet(() -> new Refused(
                        "SandboxConfigNotFound",
                        "There is no SandboxConfig %s; create it, or name another".formatted(name)));
    }

    private static Resolution ofClass(SandboxClass sandboxClass, SandboxConfig config) {
        SandboxClass found = config.getSpec().effectiveSandboxClass();
        return found == sandboxClass
                ? new Found(config)
                : new Refused(
                        "SandboxClassMismatch",
                        "SandboxConfig %s is of class %s, the pool of class %s; name one of the pool's class"
                                .formatted(config.getMetadata().getName(), found.wireName(), sandboxClass.wireName()));
    }

    private static Resolution byClass(SandboxClass sandboxClass, List<SandboxConfig> declared) {
        List<SandboxConfig> defaults = declared.stream()
                .filter(config ->
                        config.getSpec().servesAsDefault() && config.getSpec().effectiveSandboxClass() == sandboxClass)
                .toList();
        return switch (defaults.size()) {
            case 0 -> new None();
            case 1 -> new Found(defaults.getFirst());
            default ->
                new Refused(
                        "SandboxDefaultConflict",
                        "SandboxConfigs %s are all the default of class %s; leave one, or name one in the pool"
                                .formatted(
                                        String.join(
                                                ", ",
                                                defaults.stream()
                                                        .map(config -> config.getMetadata()
                                                                .getName())
                                                        .sorted()
                                                        .toList()),
                                        sandboxClass.wireName()));
        };
    }
}
