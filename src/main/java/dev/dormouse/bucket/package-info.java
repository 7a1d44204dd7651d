/**
 * Objects in buckets of S3 and of Google Cloud Storage, written and read in parts: in parallel, retried, and with a bound on memory.
 * Knows nothing of what the objects mean.
 */
@NullMarked
package dev.dormouse.bucket;

import org.jspecify.annotations.NullMarked;
