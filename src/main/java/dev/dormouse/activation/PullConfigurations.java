package dev.dormouse.activation;

import dev.dormouse.platform.Failure;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.Catalog;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The credentials for a template's images, out of the Secrets that its {@code imagePullSecrets} name. A Secret that is missing or holds
 * something else is passed over with a warning, as Kubernetes does: an image that is on the node needs none.
 */
final class PullConfigurations {

    private static final Logger LOG = Logger.getLogger(PullConfigurations.class);
    private static final String PRESENT = ".dockerconfigjson";
    /** Holds only what stands under {@code auths} in the present one. */
    private static final String OLD = ".dockercfg";

    private PullConfigurations() {}

    /** Docker configurations in JSON, in the order of the template. Never log them. */
    static Uni<List<String>> of(ActorTemplate template, Catalog catalog) {
        List<ActorTemplateSpec.PullSecret> secrets = template.getSpec().imagePullSecrets();
        Uni<List<String>> all = Uni.createFrom().item(ArrayList::new);
        for (ActorTemplateSpec.PullSecret secret :
                secrets == null ? List.<ActorTemplateSpec.PullSecret>of() : secrets) {
            all = all.chain(found -> catalog.secret(template.ref().namespace(), secret.name())
                    .onFailure(Failure.class)
                    .recoverWithItem(Map.of())
                    .invoke(entries -> configuration(entries).ifPresentOrElse(found::add, () -> warn(template, secret)))
                    .replaceWith(found));
        }
        return all;
    }

    private static Optional<String> configuration(Map<String, String> entries) {
        return Optional.ofNullable(entries.get(PRESENT))
                .or(() -> Optional.ofNullable(entries.get(OLD)).map(old -> "{\"auths\":" + old + "}"));
    }

    private static void warn(ActorTemplate template, ActorTemplateSpec.PullSecret secret) {
        LOG.warnf(
                "template %s names Secret %s in imagePullSecrets: it is missing, or has no %s; images are pulled without it",
                template.ref(), secret.name(), PRESENT);
    }
}
