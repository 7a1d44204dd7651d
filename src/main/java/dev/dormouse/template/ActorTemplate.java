package dev.dormouse.template;

import dev.dormouse.name.TemplateRef;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Says what an actor runs, where its snapshots go and which pools may host it. */
@Group("ate.dev")
@Version("v1alpha1")
@ShortNames("actortemplate")
@AdditionalPrinterColumn(name = "Class", jsonPath = ".spec.sandboxClass", type = AdditionalPrinterColumn.Type.STRING)
public class ActorTemplate extends CustomResource<ActorTemplateSpec, ActorTemplateStatus> implements Namespaced {

    /** Its checked name. */
    public TemplateRef ref() {
        return new TemplateRef(getMetadata().getNamespace(), getMetadata().getName());
    }
}
