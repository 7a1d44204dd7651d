/**
 * HTTP traffic for actors: host names, routes, proxying, and parking while an actor wakes. The only place that knows the proxy library.
 * Runs on event loops of its own; keeps every answer with the one who asked.
 */
@NullMarked
package dev.dormouse.router;

import org.jspecify.annotations.NullMarked;
