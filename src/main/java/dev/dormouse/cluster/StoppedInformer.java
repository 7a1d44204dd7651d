package dev.dormouse.cluster;

import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.api.config.InformerStoppedHandler;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** What happens when a watch of the operator ends: by default the SDK would end the process, and with it the router and the API. */
@Singleton
// the SDK looks it up
@Unremovable
final class StoppedInformer implements InformerStoppedHandler {

    private static final Logger LOG = Logger.getLogger(StoppedInformer.class);

    @Override
    @SuppressWarnings("rawtypes")
    public void onStop(SharedIndexInformer informer, Throwable failure) {
        if (failure != null) {
            LOG.errorf(
                    failure,
                    "%s is not watched any more",
                    informer.getApiTypeClass().getSimpleName());
        }
    }
}
