/**
 * Actors: their record, its legal transitions, the store that arbitrates them by conditional statements over sets.
 * Also the use cases that need no worker, and their REST resources.
 */
@NullMarked
package dev.dormouse.actor;

import org.jspecify.annotations.NullMarked;
