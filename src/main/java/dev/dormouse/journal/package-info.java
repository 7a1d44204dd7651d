/**
 * What happened to each actor, append-only and partitioned by time, and what is changing now: the feed over all replicas.
 * Written with the transition itself; read by the API, the console and whoever must react at once.
 */
@NullMarked
package dev.dormouse.journal;

import org.jspecify.annotations.NullMarked;
