/** Measures what the README and the docs claim: {@code make bench}. Not tests: nothing fails for being slow. */
@NullMarked
package dev.dormouse.bench;

import org.jspecify.annotations.NullMarked;
