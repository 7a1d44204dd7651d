/**
 * The wake and sleep workflows: claim, activate, finish; fencing, recovery, idle and pressure suspends.
 * Knows the order of steps; what may happen to a record is decided in {@code actor}, where it may run in {@code scheduler}.
 */
@NullMarked
package dev.dormouse.activation;

import org.jspecify.annotations.NullMarked;
