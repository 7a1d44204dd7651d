/** Container images: resolving, unpacking and caching them. Knows nothing of the control plane. */
@NullMarked
package dev.dormouse.image;

import org.jspecify.annotations.NullMarked;
