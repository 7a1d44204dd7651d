/** The entry point: picks the role before anything boots. */
@NullMarked
package dev.dormouse;

import org.jspecify.annotations.NullMarked;
