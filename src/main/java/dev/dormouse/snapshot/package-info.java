/**
 * Snapshots at rest: the manifest, the stores that hold the files, retention and the sweep of orphans.
 * Knows neither sandboxes nor the database.
 */
@NullMarked
package dev.dormouse.snapshot;

import org.jspecify.annotations.NullMarked;
