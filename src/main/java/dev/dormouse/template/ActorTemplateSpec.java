package dev.dormouse.template;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Immutable once created. Null fields are absent in the manifest; the {@code effective…} methods apply the defaults. */
public record ActorTemplateSpec(
        String pauseImage,
        List<Container> containers,
        @Nullable List<Volume> volumes,
        SnapshotsConfig snapshotsConfig,
        @Nullable String sandboxClass,
        @Nullable LabelSelector workerSelector,
        @Nullable ObjectReference workerPoolRef,
        @Nullable Runsc runsc,
        @Nullable Lifecycle lifecycle) {

    public record Container(
            String name,
            String image,
            @Nullable List<String> command,
            @Nullable List<String> args,
            @Nullable String workingDir,
            @Nullable List<EnvVar> env,
            @Nullable Readyz readyz,
            @Nullable List<VolumeMount> volumeMounts) {}

    public record EnvVar(
            String name, @Nullable String value, @Nullable EnvSource valueFrom) {}

    public record EnvSource(SecretKeyRef secretKeyRef) {}

    public record SecretKeyRef(
            String name, String key, @Nullable Boolean optional) {}

    public record Readyz(HttpGet httpGet) {}

    /** @param path null means /readyz */
    public record HttpGet(@Nullable String path, int port) {}

    public record VolumeMount(String name, String mountPath) {}

    public record Volume(String name, @Nullable DurableDir durableDir) {}

    public record DurableDir() {}

    /** @param onPause Full or Data, null means Full; likewise {@code onCommit}, used by suspend */
    public record SnapshotsConfig(
            String location,
            @Nullable String onPause,
            @Nullable String onCommit) {}

    /** The runsc of the older era, by architecture. */
    public record Runsc(
            @Nullable Asset amd64,
            @Nullable Asset arm64,
            @Nullable Map<String, Object> authentication) {}

    public record Asset(String sha256Hash, String url) {}

    /** @param idleTimeout a duration as Kubernetes writes it (90s, 5m, 0 for never); null means the configured default */
    public record Lifecycle(@Nullable String idleTimeout) {}

    public String effectiveSandboxClass() {
        return sandboxClass == null ? "gvisor" : sandboxClass;
    }
}
