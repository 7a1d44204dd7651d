/**
 * Container images: resolving, unpacking and caching them. they come from registries and OCI layouts.
 * Knows nothing of the control plane.
 */
@NullMarked
package dev.dormouse.image;

import org.jspecify.annotations.NullMarked;
