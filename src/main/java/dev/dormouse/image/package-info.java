/**
 * Container images: resolving, unpacking and caching them. OCI layouts are the only source.
 * Knows nothing of the control plane.
 */
@NullMarked
package dev.dormouse.image;

import org.jspecify.annotations.NullMarked;
