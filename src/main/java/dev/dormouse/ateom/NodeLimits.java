package dev.dormouse.ateom;

/**
 * How much of the node ateom may use.
 *
 * @param concurrentStarts sandboxes that may start at once
 * @param cacheBytes of snapshots that are kept to restore from
 * @param logBytes of what one actor printed and the store doesn't have yet
 * @param restingShare of one processor that a sandbox may use and still count as idle
 */
record NodeLimits(int concurrentStarts, long cacheBytes, long logBytes, double restingShare) {}
