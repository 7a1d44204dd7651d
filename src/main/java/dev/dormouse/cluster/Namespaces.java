package dev.dormouse.cluster;

import dev.dormouse.platform.DormouseConfig;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Where in the cluster this control plane is. */
final class Namespaces {

    private Namespaces() {}

    /** The configured one, else that of the Pod or of the kubeconfig's context. */
    static String own(KubernetesClient client, DormouseConfig config) {
        String given = client.getNamespace();
        return config.kubernetes().namespace().orElse(given == null ? "default" : given);
    }
}
