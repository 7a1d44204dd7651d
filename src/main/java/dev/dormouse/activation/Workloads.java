package dev.dormouse.activation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.HttpProbe;
import dev.dormouse.ateom.wire.Mount;
import dev.dormouse.ateom.wire.RunscAsset;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.scheduler.Hardware;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.Catalog;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes templates ready for starting actors: what ateom is told to run, with secrets resolved. No value of a secret is ever logged. */
@Singleton
class Workloads {

    /** For so long a changed Secret may go unnoticed. */
    private static final Duration SECRETS_FRESH = Duration.ofSeconds(10);

    private static final String DEFAULT_PROBE_PATH = "/readyz";
    private static final int DIGEST_LENGTH = 32;

    private final Catalog catalog;
    private final InstantSource clock;
    private final Map<TemplateRef, Made> made = new ConcurrentHashMap<>();

    private record Made(Blueprint blueprint, @Nullable Instant staleAt) {
        boolean isOf(ActorTemplate template, @Nullable SnapshotRef golden, InstantSource clock) {
            // the status too: it decides whether actors of the template may start
            boolean same = blueprint.template() == template
                    || (Objects.equals(blueprint.template().getSpec(), template.getSpec())
                            && Objects.equals(blueprint.template().getStatus(), template.getStatus()));
            return same
                    && Objects.equals(blueprint.golden(), golden)
                    && (staleAt == null || clock.instant().isBefore(staleAt));
        }
    }

    Workloads(Catalog catalog, InstantSource clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    /** Fails FAILED_PRECONDITION when the template or a Secret it needs isn't there. */
    Uni<Blueprint> of(TemplateRef ref) {
        ActorTemplate template = catalog.template(ref).orElse(null);
        if (template == null) {
            made.remove(ref);
            return Uni.createFrom()
                    .failure(new Failure(Code.FAILED_PRECONDITION, "ActorTemplate %s not found".formatted(ref)));
        }
        SnapshotRef golden = catalog.golden(ref).orElse(null);
        Made known = made.get(ref);
        if (known != null && known.isOf(template, golden, clock)) {
            return Uni.createFrom().item(known.blueprint().of(template));
        }
        return Uni.combine()
                .all()
                .unis(secrets(template), PullConfigurations.of(template, catalog))
                .with((secrets, pulls) -> {
                    Blueprint blueprint = blueprint(template, golden, secrets, pulls);
                    boolean staysFresh = secrets.isEmpty() && !hasPullSecrets(template);
                    made.put(
                            ref,
                            new Made(
                                    blueprint,
                                    staysFresh ? null : clock.instant().plus(SECRETS_FRESH)));
                    return blueprint;
                });
    }

    /** The workload as this hardware runs it. */
    static Workload on(Hardware hardware, Blueprint blueprint) {
        Workload workload = blueprint.workload();
        ActorTemplateSpec.Runsc runsc = blueprint.template().getSpec().runsc();
        boolean sameClass = hardware.sandboxClass().equals(workload.getSandboxClass());
        if (sameClass && runsc == null) {
            return workload;
        }
        Workload.Builder adapted = workload.toBuilder().setSandboxClass(hardware.sandboxClass());
        ActorTemplateSpec.Asset asset =
                runsc == null ? null : hardware.cpu().startsWith("arm64") ? runsc.arm64() : runsc.amd64();
        if (asset != null) {
            adapted.setRunsc(RunscAsset.newBuilder().setUrl(asset.url()).setSha256(asset.sha256Hash()));
        }
        return adapted.build();
    }

    private Uni<Map<String, Map<String, String>>> secrets(ActorTemplate template) {
        String namespace = template.ref().namespace();
        Uni<Map<String, Map<String, String>>> all = Uni.createFrom().item(HashMap::new);
        for (ActorTemplateSpec.SecretKeyRef key : secretKeys(template)) {
            all = all.chain(found -> {
                if (found.containsKey(key.name())) {
                    return Uni.createFrom().item(found);
                }
                Uni<Map<String, String>> secret = catalog.secret(namespace, key.name());
                if (Boolean.TRUE.equals(key.optional())) {
                    secret = secret.onFailure(Failure.class).recoverWithItem(Map.of());
                }
                return secret.invoke(entries -> found.put(key.name(), entries)).replaceWith(found);
            });
        }
        return all;
    }

    private static List<ActorTemplateSpec.SecretKeyRef> secretKeys(ActorTemplate template) {
        return template.getSpec().containers().stream()
                .flatMap(container -> list(container.env()).stream())
                .map(ActorTemplateSpec.EnvVar::valueFrom)
                .filter(Objects::nonNull)
                .map(ActorTemplateSpec.EnvSource::secretKeyRef)
                .toList();
    }

    private static boolean hasPullSecrets(ActorTemplate template) {
        return !list(template.getSpec().imagePullSecrets()).isEmpty();
    }

    private static Blueprint blueprint(
            ActorTemplate template,
            @Nullable SnapshotRef golden,
            Map<String, Map<String, String>> secrets,
            List<String> pulls) {
        ActorTemplateSpec spec = template.getSpec();
        Workload.Builder workload = Workload.newBuilder()
                .setTemplateNamespace(template.ref().namespace())
                .setTemplateName(template.ref().name())
                .setSandboxClass(spec.effectiveSandboxClass())
                .setTokenAudience(tokenAudience(spec));
        spec.containers().forEach(container -> workload.addContainers(container(container, secrets)));
        list(spec.volumes()).stream()
                .filter(volume -> volume.durableDir() != null)
                .forEach(volume -> workload.addDurableDirs(volume.name()));
        if (spec.policy() != null) {
            workload.setPolicy(WirePolicy.of(spec.policy()));
        }
        String digest = digest(workload.build(), spec, golden);
        return new Blueprint(
                template,
                // after the digest: a sandbox that is prepared needs no other credentials
                workload.setTemplateDigest(digest).addAllPullSecrets(pulls).build(),
                digest,
                LabelQueries.of(spec.workerSelector()),
                pool(template),
                golden);
    }

    private static String tokenAudience(ActorTemplateSpec spec) {
        return spec.identity() == null
                ? ""
                : Objects.requireNonNullElse(spec.identity().tokenAudience(), "");
    }

    private static @Nullable PoolRef pool(ActorTemplate template) {
        var ref = template.getSpec().workerPoolRef();
        if (ref == null) {
            return null;
        }
        String namespace = ref.getNamespace() == null ? template.ref().namespace() : ref.getNamespace();
        return new PoolRef(namespace, ref.getName());
    }

    private static Container container(ActorTemplateSpec.Container spec, Map<String, Map<String, String>> secrets) {
        Container.Builder container = Container.newBuilder()
                .setName(spec.name())
                .setImage(spec.image())
                .addAllCommand(list(spec.command()))
                .addAllArgs(list(spec.args()))
                .setWorkingDir(spec.workingDir() == null ? "" : spec.workingDir())
                .putAllEnv(env(spec, secrets));
        list(spec.env()).stream()
                .filter(variable -> variable.valueFrom() != null)
                .map(ActorTemplateSpec.EnvVar::name)
                .forEach(container::addSecretEnv);
        if (spec.readyz() != null) {
            ActorTemplateSpec.HttpGet probe = spec.readyz().httpGet();
            container.setReadyz(HttpProbe.newBuilder()
                    .setPath(probe.path() == null ? DEFAULT_PROBE_PATH : probe.path())
                    .setPort(probe.port()));
        }
        list(spec.volumeMounts())
                .forEach(mount -> container.addMounts(
                        Mount.newBuilder().setVolume(mount.name()).setPath(mount.mountPath())));
        return container.build();
    }

    private static Map<String, String> env(
            ActorTemplateSpec.Container container, Map<String, Map<String, String>> secrets) {
        Map<String, String> env = new TreeMap<>();
        for (ActorTemplateSpec.EnvVar variable : list(container.env())) {
            ActorTemplateSpec.EnvSource source = variable.valueFrom();
            String value = source == null ? variable.value() : secretValue(source.secretKeyRef(), secrets);
            if (value != null) {
                env.put(variable.name(), value);
            } else if (source == null) {
                env.put(variable.name(), "");
            }
        }
        return env;
    }

    private static @Nullable String secretValue(
            ActorTemplateSpec.SecretKeyRef key, Map<String, Map<String, String>> secrets) {
        String value = secrets.getOrDefault(key.name(), Map.of()).get(key.key());
        if (value == null && !Boolean.TRUE.equals(key.optional())) {
            throw new Failure(Code.FAILED_PRECONDITION, "Secret %s has no key %s".formatted(key.name(), key.key()));
        }
        return value;
    }

    private static String digest(Workload workload, ActorTemplateSpec spec, @Nullable SnapshotRef golden) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            // maps have no order of their own in protobuf: the environment goes in sorted
            sha256.update(workload.toBuilder().clearContainers().build().toByteArray());
            workload.getContainersList().forEach(container -> {
                sha256.update(container.toBuilder().clearEnv().build().toByteArray());
                new TreeMap<>(container.getEnvMap())
                        .forEach((name, value) -> sha256.update(ByteString.copyFromUtf8(name + "\0" + value + "\0")
                                .toByteArray()));
            });
            sha256.update(String.valueOf(spec.runsc()).getBytes(UTF_8));
            sha256.update((golden == null ? "" : golden.id().toString()).getBytes(UTF_8));
            return HexFormat.of().formatHex(sha256.digest()).substring(0, DIGEST_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
