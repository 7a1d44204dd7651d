package dev.dormouse.standalone;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds that a standalone server keeps. */
enum ManifestKind {
    WORKER_POOL("ate.dev", "v1alpha1", "WorkerPool", true),
    ACTOR_TEMPLATE("ate.dev", "v1alpha1", "ActorTemplate", true),
    SANDBOX_CONFIG("ate.dev", "v1alpha1", "SandboxConfig", false),
    SECRET("", "v1", "Secret", true);

    private final String group;
    private final String version;
    private final String kind;
    private final boolean namespaced;

    ManifestKind(String group, String version, String kind, boolean namespaced) {
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.namespaced = namespaced;
    }

    /** As in a manifest: {@code WorkerPool}. */
    String kind() {
        return kind;
    }

    boolean namespaced() {
        return namespaced;
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The kind by its name in a manifest and in the table. */
    static Optional<ManifestKind> named(String apiVersion, String kind) {
        return Arrays.stream(values())
                .filter(k -> k.kind.equals(kind) && k.apiVersion().equals(apiVersion))
                .findFirst();
    }

    /** The kind as people write it in a command: singular or plural, in any case. */
    static Optional<ManifestKind> spoken(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        String singular = lower.endsWith("s") ? lower.substring(0, lower.length() - 1) : lower;
        return Arrays.stream(values())
                .filter(k -> k.kind.toLowerCase(Locale.ROOT).equals(singular))
                .findFirst();
    }
}
