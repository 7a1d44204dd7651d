package dev.dormouse.sandboxconfig;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** Names the sandbox binaries of a class, by architecture, with checksums. Cluster-scoped. */
@Group("ate.dev")
@Version("v1alpha1")
public class SandboxConfig extends CustomResource<SandboxConfigSpec, Void> {}
