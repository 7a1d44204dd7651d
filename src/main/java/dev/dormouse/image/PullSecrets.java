package dev.dormouse.image;

import java.util.List;

/**
 * Credentials that a template brings for its images; they go before the node's own.
 *
 * @param dockerConfigs Docker configurations in JSON, as Secrets of type kubernetes.io/dockerconfigjson hold them; never log them
 */
public record PullSecrets(List<String> dockerConfigs) {

    public static final PullSecrets NONE = new PullSecrets(List.of());

    public PullSecrets {
        dockerConfigs = List.copyOf(dockerConfigs);
    }

    @Override
    public String toString() {
        return "PullSecrets[" + dockerConfigs.size() + "]";
    }
}
