/**
 * Actors: their record, its legal transitions, the store that arbitrates them, the use cases that need no worker, and their REST resource.
 */
@NullMarked
package dev.dormouse.actor;

import org.jspecify.annotations.NullMarked;
