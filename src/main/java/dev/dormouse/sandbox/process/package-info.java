/** Plain processes: no isolation, durable directories only; for machines without runsc. */
@NullMarked
package dev.dormouse.sandbox.process;

import org.jspecify.annotations.NullMarked;
