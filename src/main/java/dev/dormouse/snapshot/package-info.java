/**
 * Snapshots at rest: the manifest, the stores that hold the files, the records of who holds which, and the sweep of orphans.
 * Knows no sandbox; nodes use manifest and stores without the database.
 */
@NullMarked
package dev.dormouse.snapshot;

import org.jspecify.annotations.NullMarked;
