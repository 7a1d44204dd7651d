package dev.dormouse.sandboxconfig;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Names the sandbox binaries of a class, by architecture, with checksums. Cluster-scoped. */
@Group("ate.dev")
@Version("v1alpha1")
@ShortNames("sandboxconfig")
@AdditionalPrinterColumn(name = "Class", jsonPath = ".spec.sandboxClass", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Default", jsonPath = ".spec.default", type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class SandboxConfig extends CustomResource<SandboxConfigSpec, Void> {}
