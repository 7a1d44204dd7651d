/**
 * What every feature stands on: configuration, failures and their problem answers, paging, batches, the clock, telemetry.
 * Knows no feature.
 */
@NullMarked
package dev.dormouse.platform;

import org.jspecify.annotations.NullMarked;
