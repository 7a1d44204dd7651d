package dev.dormouse.template;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dormouse.sandboxconfig.SandboxClass;
import dev.dormouse.snapshot.Scope;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable once created. Null fields are absent in the manifest; the {@code effective…} methods apply the defaults. The
 * annotations make the CRD's schema; {@link ActorTemplateRules} holds the same rules where there is no API server.
 */
@ValidationRule(value = "self == oldSelf", message = ActorTemplateRules.IMMUTABLE)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActorTemplateSpec(
        @Required @ValidationRule(value = "self.contains('@')", message = ActorTemplateRules.PINNED)
        String pauseImage,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 10)
        @ValidationRule(
                value = "self.all(a, self.exists_one(b, a.name == b.name))",
                message = ActorTemplateRules.CONTAINER_NAMES)
        List<Container> containers,

        @Size(max = 32)
        @ValidationRule(
                value = "self.all(a, self.exists_one(b, a.name == b.name))",
                message = ActorTemplateRules.VOLUME_NAMES)
        @Nullable
        List<Volume> volumes,

        @Required SnapshotsConfig snapshotsConfig,

        @Default("gvisor") @Nullable SandboxClass sandboxClass,

        @Nullable LabelSelector workerSelector,
        @Nullable ObjectReference workerPoolRef,
        @Nullable Runsc runsc,
        @Nullable Lifecycle lifecycle,
        @Nullable Identity identity,
        @Size(max = 32) @Nullable List<PullSecret> imagePullSecrets,
        @Nullable PolicySpec policy) {

    public ActorTemplateSpec {
        containers = containers == null ? List.of() : containers;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Container(
            @Required
            @Size(max = 63)
            @ValidationRule(
                    value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                    message = ActorTemplateRules.DNS_LABEL)
            @ValidationRule(value = "self != 'pause'", message = ActorTemplateRules.RESERVED)
            String name,

            @Required @ValidationRule(value = "self.contains('@')", message = ActorTemplateRules.PINNED)
            String image,

            @Size(max = 64) @Nullable List<String> command,
            @Size(max = 64) @Nullable List<String> args,
            @Nullable String workingDir,
            @Size(max = 32) @Nullable List<EnvVar> env,
            @Nullable Readyz readyz,
            @Size(max = 32) @Nullable List<VolumeMount> volumeMounts) {

        Container withDefaults() {
            return new Container(
                    name,
                    image,
                    command == null ? List.of() : command,
                    args == null ? List.of() : args,
                    workingDir,
                    env == null ? List.of() : env,
                    readyz == null ? null : readyz.withDefaults(),
                    volumeMounts == null ? List.of() : volumeMounts);
        }
    }

    @ValidationRule(value = "has(self.value) != has(self.valueFrom)", message = ActorTemplateRules.ONE_ENV_SOURCE)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EnvVar(
            @Required @Size(min = 1) @Pattern("^[ -<>-~]+$") String name,
            @Nullable String value,
            @Nullable EnvSource valueFrom) {

        /** Without the value, so that it reaches no log. */
        @Override
        public String toString() {
            return "EnvVar[name=" + name + "]";
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EnvSource(@Required SecretKeyRef secretKeyRef) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SecretKeyRef(
            @Required @Size(max = 253) @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
            String name,

            @Required @Size(min = 1) @Pattern("^[-._a-zA-Z0-9]+$")
            String key,

            @Nullable Boolean optional) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Readyz(@Required HttpGet httpGet) {

        Readyz withDefaults() {
            return new Readyz(new HttpGet(httpGet.effectivePath(), httpGet.port()));
        }
    }

    /** @param path null means /readyz */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record HttpGet(
            @Default("/readyz")
            @Size(max = 1024)
            @Pattern("^/([A-Za-z0-9\\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$")
            @Nullable
            String path,

            @Required @Min(1) @Max(65535) Integer port) {

        /** The path, default applied. */
        public String effectivePath() {
            return path == null ? "/readyz" : path;
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record VolumeMount(
            @Required
            @Size(max = 63)
            @ValidationRule(
                    value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                    message = ActorTemplateRules.DNS_LABEL)
            String name,

            @Required
            @Size(max = 4096)
            @ValidationRule(
                    value = "self.matches('^(/[^/:[:cntrl:]]+)+$') && !self.matches('/[.]{1,2}(/|$)')",
                    message = ActorTemplateRules.MOUNT_PATH)
            String mountPath) {}

    @ValidationRule(value = "has(self.durableDir)", message = ActorTemplateRules.ONE_VOLUME_SOURCE)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Volume(
            @Required
            @Size(max = 63)
            @ValidationRule(
                    value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                    message = ActorTemplateRules.DNS_LABEL)
            String name,

            @Nullable DurableDir durableDir) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record DurableDir() {}

    /** @param onPause null means Full; likewise {@code onCommit}, used by suspend */
    @ValidationRule(value = "self.onPause != 'Data' || self.onCommit == 'Data'", message = ActorTemplateRules.SUBSET)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SnapshotsConfig(
            @Required @Size(min = 1) String location,
            @Default("Full") @Nullable Extent onPause,
            @Default("Full") @Nullable Extent onCommit) {

        /** The scope of a pause's snapshot, default applied. */
        public Scope effectiveOnPause() {
            return scope(onPause);
        }

        /** The scope of a suspend's snapshot, default applied. */
        public Scope effectiveOnCommit() {
            return scope(onCommit);
        }

        SnapshotsConfig withDefaults() {
            return new SnapshotsConfig(location, extent(effectiveOnPause()), extent(effectiveOnCommit()));
        }

        private static Extent extent(Scope scope) {
            return scope == Scope.DATA ? Extent.DATA : Extent.FULL;
        }

        private static Scope scope(@Nullable Extent declared) {
            return declared == Extent.DATA ? Scope.DATA : Scope.FULL;
        }
    }

    /** A {@link Scope} as manifests write it. */
    public enum Extent {
        @JsonProperty("Full")
        FULL,
        @JsonProperty("Data")
        DATA
    }

    /** The runsc of the older era, by architecture. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Runsc(
            @Nullable Asset amd64,
            @Nullable Asset arm64,
            @Nullable Authentication authentication) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Asset(
            @Required @Pattern("^[a-z0-9]+$") String sha256Hash,
            @Required @Size(min = 1) String url) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Authentication(@Nullable Gcp gcp) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Gcp() {}

    /** @param idleTimeout a duration as Kubernetes writes it (90s, 5m, 0 for never); null means the configured default */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Lifecycle(
            @Size(max = 63) @Pattern("^(0|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$") @Nullable
            String idleTimeout) {}

    /** @param tokenAudience for whom the token in /run/ate/token is; null for no such file */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Identity(
            @Size(min = 1, max = 256) @Pattern("^[!-~]+$") @Nullable
            String tokenAudience) {}

    /** @param name of a Secret in the template's namespace that holds a Docker configuration */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PullSecret(
            @Required @Size(max = 253) @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
            String name) {}

    /** As it acts: what is declared explicitly and what is left to its default become equal. */
    public ActorTemplateSpec withDefaults() {
        return new ActorTemplateSpec(
                pauseImage,
                containers.stream().map(Container::withDefaults).toList(),
                volumes == null ? List.of() : volumes,
                snapshotsConfig.withDefaults(),
                SandboxClass.orDefault(sandboxClass),
                workerSelector,
                workerPoolRef,
                runsc,
                lifecycle,
                identity,
                imagePullSecrets == null ? List.of() : imagePullSecrets,
                policy == null ? null : policy.withDefaults());
    }

    /** The class, default applied, as it is written in manifests. */
    public String effectiveSandboxClass() {
        return SandboxClass.orDefault(sandboxClass).wireName();
    }
}
