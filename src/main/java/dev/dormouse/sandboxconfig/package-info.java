/**
 * SandboxConfig, the custom resource that names sandbox binaries: its spec and the rules it is held to.
 * Also the class of a sandbox, as templates and pools name it.
 */
@NullMarked
package dev.dormouse.sandboxconfig;

import org.jspecify.annotations.NullMarked;
