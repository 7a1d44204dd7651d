package dev.dormouse.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** What went wrong with the cluster, for people. */
final class Faults {

    private Faults() {}

    /** What the API server said, where it said something. */
    static String sentence(Throwable failure) {
        if (failure instanceof KubernetesClientException refused
                && refused.getStatus() != null
                && refused.getStatus().getMessage() != null) {
            return refused.getStatus().getMessage();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** Whether somebody told the work to end. */
    static boolean isInterrupt(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }
}
