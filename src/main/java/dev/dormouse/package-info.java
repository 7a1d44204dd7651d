/**
 * The entry point: picks the role before anything boots, and finds the few settings that are needed until then.
 * Everything else is in the packages below, one per feature.
 */
@NullMarked
package dev.dormouse;

import org.jspecify.annotations.NullMarked;
