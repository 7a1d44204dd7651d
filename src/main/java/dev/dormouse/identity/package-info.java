/**
 * What an actor can prove about itself: tokens and certificates, given to the worker that runs it now, and the keys that anyone checks
 * them with.
 */
@NullMarked
package dev.dormouse.identity;

import org.jspecify.annotations.NullMarked;
