/** What isolates an actor: the SPI, and what every sandbox shares. Knows nothing of the control plane. */
@NullMarked
package dev.dormouse.sandbox;

import org.jspecify.annotations.NullMarked;
