/**
 * Takes each template's golden snapshot: boots its golden actor once, waits until it is ready, suspends it, and says so in the status.
 * Each look at a template is one pure step; what no template needs any more is swept.
 */
@NullMarked
package dev.dormouse.golden;

import org.jspecify.annotations.NullMarked;
