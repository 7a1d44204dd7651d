/** SandboxConfig: the custom resource that names sandbox binaries, and their resolution. */
@NullMarked
package dev.dormouse.sandboxconfig;

import org.jspecify.annotations.NullMarked;
