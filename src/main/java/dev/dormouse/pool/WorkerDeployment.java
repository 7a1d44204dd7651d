package dev.dormouse.pool;

import dev.dormouse.pool.WorkerPoolSpec.PodSettings;
import dev.dormouse.sandboxconfig.SandboxClass;
import dev.dormouse.sandboxconfig.SandboxConfigSpec.Asset;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Deployment that makes a pool's workers, one Pod each. It holds only what we care about: it is applied, and what others set beside
 * it stays.
 */
public final class WorkerDeployment {

    /** Label of the Deployment and its Pods; its value is the pool's name. */
    public static final String POOL_LABEL = "ate.dev/worker-pool";

    /** A pool's name becomes a label's value. */
    public static final int POOL_NAME_LENGTH = 63;

    /** Whom a worker's token is meant for. */
    public static final String TOKEN_AUDIENCE = "ate.dev";

    /** ConfigMap and Secret in the pool's namespace that users may make: what else ateom is to know, such as its object store. */
    public static final String SETTINGS_NAME = "dormouse-settings";

    public static final String CREDENTIALS_NAME = "dormouse-credentials";

    /** What a Pod that is to end may need beside its actor's snapshot. */
    public static final Duration ENDING = Duration.ofSeconds(30);

    private static final String CONTAINER = "ateom";
    private static final int PORT = 8081;
    private static final String CACHE = "/var/lib/ateom-gvisor";
    private static final String TOKEN_DIRECTORY = "/var/run/secrets/ate.dev";
    private static final long TOKEN_SECONDS = 3600;
    private static final String CLASS_KEY = "ate.dev/sandboxClass";
    private static final String KVM = "/dev/kvm";

    private WorkerDeployment() {}

    /**
     * What is the same for all pools.
     *
     * @param controlPlane host:port that workers report to
     * @param ca what they believe its certificate by, in PEM; null: it speaks plain text
     * @param grace how long a worker that is to end may take to put its actor to sleep
     */
    public record Settings(String controlPlane, @Nullable String ca, Duration grace) {}

    public static String name(WorkerPool pool) {
        return pool.getMetadata().getName() + "-deployment";
    }

    /** Selects the pool's Pods. */
    public static String selector(WorkerPool pool) {
        return POOL_LABEL + "=" + pool.getMetadata().getName();
    }

    /** @param runsc sandbox binaries by architecture; empty: what the Pods' image brings */
    public static Deployment of(WorkerPool pool, Settings settings, Map<String, Asset> runsc) {
        Map<String, String> labels = Map.of(POOL_LABEL, pool.getMetadata().getName());
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(pool.getMetadata().getNamespace())
                .withName(name(pool))
                .withLabels(labels)
                .addNewOwnerReference()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withReplicas(pool.getSpec().declaredReplicas())
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withSpec(pod(pool, settings, runsc))
                .endTemplate()
                .endSpec()
                .build();
    }

    private static PodSpec pod(WorkerPool pool, Settings settings, Map<String, Asset> runsc) {
        WorkerPoolSpec spec = pool.getSpec();
        PodSettings given = spec.template() == null ? new PodSettings(null, null, null, null, null) : spec.template();
        boolean microvm = SandboxClass.orDefault(spec.sandboxClass()) == SandboxClass.MICROVM;
        return new PodSpecBuilder()
                .withContainers(container(pool, given, environment(pool, settings, runsc), microvm))
                .withVolumes(volumes(microvm))
                .withNodeSelector(nodeSelector(given.nodeSelector(), microvm))
                .withTolerations(tolerations(given.tolerations(), microvm))
                .withPriorityClassName(given.priorityClassName())
                .withAffinity(affinity(given))
                // it asks nothing of the API server
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds(settings.grace().toSeconds())
                .build();
    }

    private static Container container(WorkerPool pool, PodSettings given, List<EnvVar> environment, boolean microvm) {
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(pool.getSpec().ateomImage())
                .withArgs("--pod-uid=$(POD_UID)")
                .withEnv(environment)
                .withEnvFrom(
                        new EnvFromSourceBuilder()
                                .withNewConfigMapRef(SETTINGS_NAME, true)
                                .build(),
                        new EnvFromSourceBuilder()
                                .withNewSecretRef(CREDENTIALS_NAME, true)
                                .build())
                .addNewPort()
                .withName(CONTAINER)
                .withContainerPort(PORT)
                .withProtocol("TCP")
                .endPort()
                .withNewReadinessProbe()
                .withNewTcpSocket()
                .withNewPort(CONTAINER)
                .endTcpSocket()
                .withPeriodSeconds(2)
                .endReadinessProbe()
                .withNewSecurityContext()
                .withPrivileged(true)
                .withRunAsUser(0L)
                .withRunAsGroup(0L)
                .endSecurityContext()
                .withResources(given.resources())
                .withVolumeMounts(mounts(microvm))
                .build();
    }

    /** What refers to another stands behind it. */
    private static List<EnvVar> environment(WorkerPool pool, Settings settings, Map<String, Asset> runsc) {
        List<EnvVar> environment = new ArrayList<>(List.of(
                ofPod("POD_UID", "metadata.uid"),
                ofPod("POD_NAME", "metadata.name"),
                ofPod("POD_NAMESPACE", "metadata.namespace"),
                ofPod("POD_IP", "status.podIP"),
                ofPod("HOST_IP", "status.hostIP"),
                ofPod("NODE_NAME", "spec.nodeName"),
                set("DORMOUSE_ATEOM_NODE", "$(NODE_NAME)"),
                set("DORMOUSE_ATEOM_POD_NAME", "$(POD_NAME)"),
                set("DORMOUSE_ATEOM_POD_NAMESPACE", "$(POD_NAMESPACE)"),
                set("DORMOUSE_ATEOM_POD_POOL", pool.getMetadata().getName()),
                set("DORMOUSE_ATEOM_POD_IP", "$(POD_IP)"),
                set("DORMOUSE_ATEOM_TOKEN", TOKEN_DIRECTORY + "/token"),
                set("DORMOUSE_ATEOM_CONTROL_PLANE", settings.controlPlane()),
                set("DORMOUSE_ATEOM_GUARDED", "$(HOST_IP),$(KUBERNETES_SERVICE_HOST)"),
                set("DORMOUSE_ATEOM_DRAIN_LIMIT", settings.grace().minus(ENDING).toSeconds() + "s"),
                set("DORMOUSE_DATA_DIR", CACHE)));
        if (settings.ca() != null) {
            environment.add(set("DORMOUSE_ATEOM_CONTROL_PLANE_CA", settings.ca()));
        }
        new TreeMap<>(runsc).forEach((arch, asset) -> {
            String prefix = "DORMOUSE_ATEOM_RUNSC_ASSETS_" + arch.toUpperCase(Locale.ROOT);
            environment.add(set(prefix + "_URL", asset.url()));
            environment.add(set(prefix + "_SHA256", asset.sha256()));
        });
        return environment;
    }

    private static EnvVar ofPod(String name, String field) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath(field)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    private static EnvVar set(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static List<VolumeMount> mounts(boolean microvm) {
        List<VolumeMount> mounts = new ArrayList<>(List.of(
                new VolumeMountBuilder().withName("cache").withMountPath(CACHE).build(),
                new VolumeMountBuilder()
                        .withName("token")
                        .withMountPath(TOKEN_DIRECTORY)
                        .withReadOnly(true)
                        .build()));
        if (microvm) {
            mounts.add(
                    new VolumeMountBuilder().withName("kvm").withMountPath(KVM).build());
        }
        return mounts;
    }

    private static List<Volume> volumes(boolean microvm) {
        List<Volume> volumes = new ArrayList<>(List.of(
                hostPath("cache", CACHE, "DirectoryOrCreate"),
                new VolumeBuilder()
                        .withName("token")
                        .withNewProjected()
                        .addNewSource()
                        .withNewServiceAccountToken()
                        .withAudience(TOKEN_AUDIENCE)
                        .withExpirationSeconds(TOKEN_SECONDS)
                        .withPath("token")
                        .endServiceAccountToken()
                        .endSource()
                        .endProjected()
                        .build()));
        if (microvm) {
            volumes.add(hostPath("kvm", KVM, "CharDevice"));
        }
        return volumes;
    }

    private static Volume hostPath(String name, String path, String type) {
        return new VolumeBuilder()
                .withName(name)
                .withNewHostPath()
                .withPath(path)
                .withType(type)
                .endHostPath()
                .build();
    }

    private static Map<String, String> nodeSelector(@Nullable Map<String, String> given, boolean microvm) {
        Map<String, String> selector = new HashMap<>(given == null ? Map.of() : given);
        if (microvm) {
            selector.put(CLASS_KEY, SandboxClass.MICROVM.wireName());
        }
        return selector;
    }

    private static List<Toleration> tolerations(@Nullable List<Toleration> given, boolean microvm) {
        List<Toleration> tolerations = new ArrayList<>(given == null ? List.of() : given);
        if (microvm) {
            tolerations.add(new TolerationBuilder()
                    .withKey(CLASS_KEY)
                    .withOperator("Equal")
                    .withValue(SandboxClass.MICROVM.wireName())
                    .withEffect("NoSchedule")
                    .build());
        }
        return tolerations;
    }

    private static @Nullable Affinity affinity(PodSettings given) {
        return given.nodeAffinity() == null
                ? null
                : new AffinityBuilder().withNodeAffinity(given.nodeAffinity()).build();
    }
}
