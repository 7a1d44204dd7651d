/**
 * Placement, waiting and eviction as pure decisions, each with its explanation.
 * Free of frameworks and I/O: time comes in, decisions come out.
 */
@NullMarked
package dev.dormouse.scheduler;

import org.jspecify.annotations.NullMarked;
