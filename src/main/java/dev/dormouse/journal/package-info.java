/**
 * What happened to each actor and what is changing now: events of the past, the live feed, and the REST resource for both.
 */
@NullMarked
package dev.dormouse.journal;

import org.jspecify.annotations.NullMarked;
