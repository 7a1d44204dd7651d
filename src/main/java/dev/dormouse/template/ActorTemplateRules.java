package dev.dormouse.template;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.KubernetesRules;
import dev.dormouse.platform.Violation;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.template.ActorTemplateSpec.Asset;
import dev.dormouse.template.ActorTemplateSpec.Container;
import dev.dormouse.template.ActorTemplateSpec.EnvVar;
import dev.dormouse.template.ActorTemplateSpec.HttpGet;
import dev.dormouse.template.ActorTemplateSpec.SecretKeyRef;
import dev.dormouse.template.ActorTemplateSpec.SnapshotsConfig;
import dev.dormouse.template.ActorTemplateSpec.Volume;
import dev.dormouse.template.ActorTemplateSpec.VolumeMount;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of an ActorTemplate, with the words of its CRD, for where no API server enforces its schema. */
public final class ActorTemplateRules {

    public static final String IMMUTABLE = "Spec is immutable";
    static final String PINNED = "All images must be pinned (changing the image invalidates snapshots)";
    static final String DNS_LABEL = "Name must be a valid DNS label";
    static final String RESERVED = "The name 'pause' is reserved";
    static final String MOUNT_PATH =
            "MountPath must be a clean absolute Unix path: must start with '/', not be '/', and contain"
                    + " no ':', '..', '.', '//', trailing '/', or control characters";
    static final String SUBSET = "onCommit must be a subset of onPause";
    static final String CONTAINER_NAMES = "Container names must be unique";
    static final String VOLUME_NAMES = "Volume names must be unique";
    static final String ONE_ENV_SOURCE = "Exactly one of value and valueFrom must be set";
    static final String ONE_VOLUME_SOURCE = "Exactly one volume source must be set";

    private static final int CONTAINERS = 10;
    private static final int COMMAND_ITEMS = 64;
    private static final int LIST_ITEMS = 32;
    private static final int LABEL_LENGTH = 63;
    private static final int SUBDOMAIN_LENGTH = 253;
    private static final int READYZ_PATH_LENGTH = 1024;
    private static final int MOUNT_PATH_LENGTH = 4096;
    private static final int DURATION_LENGTH = 63;
    private static final int AUDIENCE_LENGTH = 256;
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern ENV_NAME = Pattern.compile("[ -<>-~]+");
    private static final Pattern SECRET_KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final Pattern READYZ_PATH = Pattern.compile("/([A-Za-z0-9\\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*+");
    private static final Pattern CLEAN_PATH = Pattern.compile("(?!.*/\\.{1,2}(/|$))(?:/[^/:\\p{Cntrl}]++)++");
    private static final Pattern OLD_HASH = Pattern.compile("[a-z0-9]+");
    private static final Pattern AUDIENCE = Pattern.compile("[!-~]+");
    private static final Pattern DURATION = Pattern.compile("0|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+");

    private ActorTemplateRules() {}

    /** All rules that the spec breaks. */
    public static List<Violation> violations(ActorTemplateSpec spec) {
        FieldCheck check = FieldCheck.at("spec");
        image(check.field("pauseImage"), spec.pauseImage());
        check.field("containers").items(spec.containers(), CONTAINERS, ActorTemplateRules::container);
        check.field("containers").unique(spec.containers(), Container::name, CONTAINER_NAMES);
        check.field("volumes").items(spec.volumes(), LIST_ITEMS, ActorTemplateRules::volume);
        check.field("volumes").unique(spec.volumes(), Volume::name, VOLUME_NAMES);
        if (check.field("snapshotsConfig").required(spec.snapshotsConfig())) {
            snapshots(check.field("snapshotsConfig"), spec.snapshotsConfig());
        }
        KubernetesRules.labelSelector(check.field("workerSelector"), spec.workerSelector());
        if (spec.runsc() != null) {
            asset(check.field("runsc").field("amd64"), spec.runsc().amd64());
            asset(check.field("runsc").field("arm64"), spec.runsc().arm64());
        }
        check.field("imagePullSecrets").items(spec.imagePullSecrets(), LIST_ITEMS, (secret, each) -> {
            secret.field("name").required(each.name());
            secretName(secret.field("name"), each.name());
        });
        PolicyRules.check(check.field("policy"), spec.policy());
        if (spec.lifecycle() != null) {
            check.field("lifecycle")
                    .field("idleTimeout")
                    .matches(
                            spec.lifecycle().idleTimeout(),
                            DURATION_LENGTH,
                            DURATION,
                            "Must be a duration such as 90s, 5m or 0");
        }
        if (spec.identity() != null && spec.identity().tokenAudience() != null) {
            FieldCheck audience = check.field("identity").field("tokenAudience");
            if (audience.requiredText(spec.identity().tokenAudience())) {
                audience.matches(
                        spec.identity().tokenAudience(),
                        AUDIENCE_LENGTH,
                        AUDIENCE,
                        "Must be printable ASCII characters without blanks");
            }
        }
        return check.violations();
    }

    private static void image(FieldCheck check, @Nullable String image) {
        check.required(image);
        check.must(image, i -> i.contains("@"), PINNED);
    }

    private static void label(FieldCheck check, @Nullable String name) {
        check.required(name);
        check.matches(name, LABEL_LENGTH, LABEL, DNS_LABEL);
    }

    private static void container(FieldCheck check, Container container) {
        label(check.field("name"), container.name());
        check.field("name").must(container.name(), n -> !n.equals("pause"), RESERVED);
        image(check.field("image"), container.image());
        check.field("command").maxItems(container.command(), COMMAND_ITEMS);
        check.field("args").maxItems(container.args(), COMMAND_ITEMS);
        check.field("env").items(container.env(), LIST_ITEMS, ActorTemplateRules::env);
        if (container.readyz() != null) {
            FieldCheck httpGet = check.field("readyz").field("httpGet");
            if (httpGet.required(container.readyz().httpGet())) {
                readyz(httpGet, container.readyz().httpGet());
            }
        }
        check.field("volumeMounts").items(container.volumeMounts(), LIST_ITEMS, ActorTemplateRules::mount);
    }

    private static void env(FieldCheck check, EnvVar env) {
        if (check.field("name").requiredText(env.name())) {
            check.field("name")
                    .matches(env.name(), UNBOUNDED, ENV_NAME, "Must be printable ASCII characters other than '='");
        }
        if ((env.value() == null) == (env.valueFrom() == null)) {
            check.refuse(ONE_ENV_SOURCE);
        }
        FieldCheck secret = check.field("valueFrom").field("secretKeyRef");
        if (env.valueFrom() != null && secret.required(env.valueFrom().secretKeyRef())) {
            secretKey(secret, env.valueFrom().secretKeyRef());
        }
    }

    private static void secretKey(FieldCheck check, SecretKeyRef ref) {
        check.field("name").required(ref.name());
        secretName(check.field("name"), ref.name());
        if (check.field("key").requiredText(ref.key())) {
            check.field("key").matches(ref.key(), UNBOUNDED, SECRET_KEY, "Must be letters, digits, '-', '_' or '.'");
        }
    }

    private static void secretName(FieldCheck check, @Nullable String name) {
        check.matches(name, SUBDOMAIN_LENGTH, SUBDOMAIN, "Must be a valid DNS subdomain");
    }

    private static void readyz(FieldCheck check, HttpGet get) {
        check.field("path").matches(get.path(), READYZ_PATH_LENGTH, READYZ_PATH, "Must be an absolute URL path");
        if (check.field("port").required(get.port())) {
            check.field("port").range(get.port(), 1, 65535);
        }
    }

    private static void mount(FieldCheck check, VolumeMount mount) {
        label(check.field("name"), mount.name());
        check.field("mountPath").required(mount.mountPath());
        check.field("mountPath").matches(mount.mountPath(), MOUNT_PATH_LENGTH, CLEAN_PATH, MOUNT_PATH);
    }

    private static void volume(FieldCheck check, Volume volume) {
        label(check.field("name"), volume.name());
        if (volume.durableDir() == null) {
            check.refuse(ONE_VOLUME_SOURCE);
        }
    }

    private static void snapshots(FieldCheck check, SnapshotsConfig config) {
        check.field("location").requiredText(config.location());
        if (config.effectiveOnPause() == Scope.DATA && config.effectiveOnCommit() != Scope.DATA) {
            check.refuse(SUBSET);
        }
    }

    private static void asset(FieldCheck check, @Nullable Asset asset) {
        if (asset == null) {
            return;
        }
        check.field("sha256Hash").required(asset.sha256Hash());
        check.field("sha256Hash")
                .matches(asset.sha256Hash(), UNBOUNDED, OLD_HASH, "Must be lower case letters and digits");
        check.field("url").requiredText(asset.url());
    }
}
