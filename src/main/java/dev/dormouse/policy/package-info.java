/**
 * What a template lets its actors do: the checked values of {@code spec.policy}, and the decisions on them. Pure Java; used by the
 * control plane, which reads them from manifests, and by nodes, which enforce them.
 */
@NullMarked
package dev.dormouse.policy;

import org.jspecify.annotations.NullMarked;
