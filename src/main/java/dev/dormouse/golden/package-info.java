/** Takes each template's golden snapshot: boots its golden actor once, waits until it is ready, suspends it, and says so in the status. */
@NullMarked
package dev.dormouse.golden;

import org.jspecify.annotations.NullMarked;
