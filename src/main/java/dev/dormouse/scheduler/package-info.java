/** Placement, waiting and eviction as pure decisions, each with its explanation. Free of frameworks. */
@NullMarked
package dev.dormouse.scheduler;

import org.jspecify.annotations.NullMarked;
