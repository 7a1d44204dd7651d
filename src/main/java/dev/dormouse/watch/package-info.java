/**
 * Actors and workers as the API shows them together: the list of workers, and the live feed of both for whoever watches.
 * Reads the change feed and the view of workers; changes nothing.
 */
@NullMarked
package dev.dormouse.watch;

import org.jspecify.annotations.NullMarked;
